"""Brings Keycloak to what the realm documents say, and writes nothing when it is so."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from deploy.keycloak.admin import Admin, Document
from deploy.keycloak.clients import reconcile_clients
from deploy.keycloak.compare import covers, merged, without
from deploy.keycloak.flows import reconcile_flows
from deploy.keycloak.permissions import reconcile_permissions
from deploy.keycloak.providers import reconcile_providers
from deploy.keycloak.realms import (
    MARK,
    PUBLIC,
    STAFF,
    Addresses,
    ClientSecrets,
    Office,
    realm_documents,
)
from deploy.keycloak.signing_keys import reconcile_signing_key
from deploy.keycloak.start import AdminAccount

ONE_BY_ONE = (
    "roles", "groups", "clients", "scopeMappings", "users", "userProfile", "defaultRole",
    "authenticationFlows", "authenticatorConfig", "identityProviders", "identityProviderMappers",
)
PROFILE = "org.keycloak.userprofile.UserProfileProvider"


class RealmsNotOurs(Exception):
    """Realms of the wanted names exist and somebody else made them: nothing was changed."""

    def __init__(self, base_url: str, realms: Iterable[str]) -> None:
        names = ", ".join(f"`{realm}`" for realm in realms)
        super().__init__(
            f"{base_url} has realms that Cornerpost did not make: {names}. Nothing was changed. "
            "Use a Keycloak in which these names are free; or, if they may be made over as "
            "Cornerpost needs them, say so with CORNERPOST_KEYCLOAK_ADOPT=yes"
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """What the reconciler wrote, in order; empty when everything was as it should be."""

    made: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.made)


def reconcile(
    base_url: str, account: AdminAccount, addresses: Addresses, client_secrets: ClientSecrets,
    offices: Iterable[Office], adopt: bool = False,
) -> Changes:
    """Create or mend both realms at `base_url`; groups come from the rulebook's `offices`.

    Offices that left the rulebook keep their groups: officers must be moved first.
    Raises AdminRefused with Keycloak's own words, and RealmsNotOurs before anything is written
    when a realm lacks our mark, unless it is to be adopted: marked, and made over.
    """
    documents = realm_documents(addresses, client_secrets, offices)
    with Admin(base_url, account) as admin:
        if not adopt:
            _refuse_foreign(admin, base_url)
        _close_master(admin)
        for realm, document in documents.items():
            _reconcile_realm(admin, realm, document)
    return Changes(tuple(admin.changes))


def refuse_foreign(base_url: str, account: AdminAccount, adopt: bool = False) -> None:
    """Raise AdminRefused for the account, and RealmsNotOurs unless such realms are adopted."""
    with Admin(base_url, account) as admin:
        if not adopt:
            _refuse_foreign(admin, base_url)


def _refuse_foreign(admin: Admin, base_url: str) -> None:
    found = {realm: admin.find(f"realms/{realm}") for realm in (STAFF, PUBLIC)}
    foreign = [
        realm for realm, held in found.items()
        if held is not None and held.get("attributes", {}).get(MARK) != realm
    ]
    if foreign:
        raise RealmsNotOurs(base_url, foreign)


def _reconcile_realm(admin: Admin, realm: str, document: Document) -> None:
    if admin.find(f"realms/{realm}") is None:
        admin.post("realms", _importable(document), f"{realm}: created")
    reconcile_signing_key(admin, realm)
    reconcile_flows(admin, realm, document)
    _settings(admin, realm, document)
    _profile(admin, realm, document["userProfile"])
    _roles(admin, realm, document)
    _groups(admin, realm, "groups", document.get("groups", []))
    reconcile_clients(admin, realm, document)
    reconcile_providers(admin, realm, document)
    reconcile_permissions(admin, realm, document)


def _importable(document: Document) -> Document:
    """The document as Keycloak's import takes it: the user profile travels as a component."""
    profile = {"kc.user.profile.config": [json.dumps(document["userProfile"])]}
    component = {"providerId": "declarative-user-profile", "config": profile}
    return without(document, ["userProfile"]) | {"components": {PROFILE: [component]}}


def _close_master(admin: Admin) -> None:
    """No password grant in the realm of administrators either: the console has its own flow."""
    found = admin.get("realms/master/clients", clientId="admin-cli")[0]
    if found["directAccessGrantsEnabled"]:
        closed = found | {"directAccessGrantsEnabled": False}
        admin.put(f"realms/master/clients/{found['id']}", closed, "master: client admin-cli")


def _settings(admin: Admin, realm: str, document: Document) -> None:
    found = admin.get(f"realms/{realm}")
    wanted = without(document, ONE_BY_ONE)
    if not covers(found, wanted):
        admin.put(f"realms/{realm}", merged(found, wanted), f"{realm}: settings")


def _profile(admin: Admin, realm: str, wanted: Document) -> None:
    found = admin.get(f"realms/{realm}/users/profile")
    by_name = {attribute["name"]: attribute for attribute in found["attributes"]}
    same = all(covers(by_name.get(a["name"]), a) for a in wanted["attributes"])
    if not same or len(by_name) != len(wanted["attributes"]):
        admin.put(f"realms/{realm}/users/profile", wanted, f"{realm}: user profile")


def _roles(admin: Admin, realm: str, document: Document) -> None:
    found = {role["name"] for role in admin.get(f"realms/{realm}/roles", max=1000)}
    for name in [role["name"] for role in document["roles"]["realm"]]:
        if name not in found:
            admin.post(f"realms/{realm}/roles", {"name": name}, f"{realm}: role {name}")
    for role in document["roles"]["realm"]:
        if "composites" in role:
            _composites(admin, realm, role["name"], role["composites"]["realm"])


def _composites(admin: Admin, realm: str, name: str, wanted: list[str]) -> None:
    path = f"realms/{realm}/roles/{name}/composites"
    held = {role["name"] for role in admin.get(path)}
    missing = [admin.get(f"realms/{realm}/roles/{role}") for role in wanted if role not in held]
    if missing:
        admin.post(path, missing, f"{realm}: role {name} contains {', '.join(wanted)}")


def _groups(admin: Admin, realm: str, path: str, wanted: list[Document]) -> None:
    """Walk the tree; `path` is where this level is listed and made."""
    if not wanted:
        return
    found = {g["name"]: g["id"] for g in admin.get(f"realms/{realm}/{path}", max=10000)}
    for group in wanted:
        name = group["name"]
        known = found.get(name) or admin.post(
            f"realms/{realm}/{path}", {"name": name}, f"{realm}: group {name}"
        )
        _groups(admin, realm, f"groups/{known}/children", group.get("subGroups", []))
