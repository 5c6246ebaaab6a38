"""What the two realms must be on this stack: documents with addresses and offices filled in."""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from deploy.keycloak.admin import Document

STAFF = "staff"
PUBLIC = "public"
AUDIENCES = ("licensing", "cadastre", "payments", "messages")
PEOPLE_SIGN_IN_WITH = ("portal", "portal-public", "phone-gateway")
CLOSED = {
    "admin-cli": True, "account": False, "account-console": True, "security-admin-console": True,
}  # clients that Keycloak puts into every realm, and whether each is public: none of them is used
MARK = "cornerpost.realm"
"""The realm attribute that says that a realm was made by Cornerpost, or was given to it."""

PLACE = re.compile(r"\$\{(CP_[A-Z_]+)\}")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where browsers find the portal and the phone provider (its issuer); no final slash.

    `phone_asked` is where Keycloak itself asks the phone provider for tokens and keys, and
    `portal_told` where it tells the portal of sessions that ended.
    """

    portal: str
    phone: str
    phone_asked: str
    portal_told: str


@dataclass(frozen=True, slots=True, order=True)
class Office:
    """One office of the rulebook; its group is `/agencies/<agency>/<office>`."""

    agency: str
    office: str

    @property
    def path(self) -> str:
        return f"/agencies/{self.agency}/{self.office}"


@dataclass(frozen=True, slots=True, repr=False)
class ClientSecrets:
    """What each client proves itself with; `phone` is Keycloak's own at the phone provider."""

    portal: str
    portal_public: str
    appointments: str
    phone_gateway: str
    phone: str

    @classmethod
    def generate(cls) -> Self:
        """Fresh ones, for the first start of a stack."""
        return cls(**{field.name: secrets.token_urlsafe(32) for field in fields(cls)})


def realm_documents(
    addresses: Addresses, client_secrets: ClientSecrets, offices: Iterable[Office]
) -> dict[str, Document]:
    """Both realms, ready to be created from or compared with."""
    values = {
        "CP_PORTAL_URL": addresses.portal,
        "CP_PHONE_URL": addresses.phone,
        "CP_PHONE_ASKED_URL": addresses.phone_asked,
        "CP_PORTAL_TOLD_URL": addresses.portal_told,
    }
    for field in fields(ClientSecrets):
        values[f"CP_{field.name.upper()}_SECRET"] = getattr(client_secrets, field.name)
    staff, public = (_read(realm, values) for realm in (STAFF, PUBLIC))
    staff["groups"] = _groups(offices)
    return {STAFF: staff, PUBLIC: public}


def _read(realm: str, values: Mapping[str, str]) -> Document:
    text = Path(__file__).with_name(f"{realm}.json").read_text(encoding="utf-8")
    filled = PLACE.sub(lambda found: json.dumps(values[found[1]])[1:-1], text)
    document: Document = json.loads(filled)
    document["attributes"] = document.get("attributes", {}) | {MARK: realm}
    clients: list[Document] = document["clients"]
    for client in clients:
        if client["clientId"] in PEOPLE_SIGN_IN_WITH:
            client["protocolMappers"] = [*client.get("protocolMappers", []), *_audiences()]
    for provider in document.get("identityProviders", []):
        config = provider["config"]  # the secret is never shown again: its digest tells
        digest = hashlib.sha256(config["clientSecret"].encode()).hexdigest()
        config["cornerpost.secret.sha256"] = digest
    clients.extend(_closed(client, public) for client, public in CLOSED.items())
    return document


def _audiences() -> list[Document]:
    """One mapper per service: the portal passes on the person's own token to each of them."""
    return [
        {
            "name": f"aud-{audience}",
            "protocol": "openid-connect",
            "protocolMapper": "oidc-audience-mapper",
            "config": {
                "included.custom.audience": audience,
                "access.token.claim": "true",
                "id.token.claim": "false",
            },
        }
        for audience in AUDIENCES
    ]


def _closed(client: str, public: bool) -> Document:
    return {
        "clientId": client,
        "enabled": False,
        "publicClient": public,
        "standardFlowEnabled": False,
        "directAccessGrantsEnabled": False,
    }


def _groups(offices: Iterable[Office]) -> list[Document]:
    agencies: dict[str, list[Document]] = {}
    for office in sorted(offices):
        agencies.setdefault(office.agency, []).append({"name": office.office})
    children = [{"name": a, "subGroups": inside} for a, inside in agencies.items()]
    return [{"name": "agencies", "subGroups": children}]
