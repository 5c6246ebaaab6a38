"""Makes the officers of a training stack and keeps, for its owner only, how each signs in."""

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.keycloak.admin import Admin, Document
from deploy.keycloak.one_time_codes import new_seed, provisioning_secret
from deploy.keycloak.realms import STAFF, Office
from deploy.keycloak.sign_in import OfficerLogin
from deploy.keycloak.start import AdminAccount
from kernel.authority import Power


class UnknownOffice(Exception):
    """An officer was listed for an office that has no group: it is not in the rulebook."""


@dataclass(frozen=True, slots=True)
class Person:
    """An officer to be: where they work and which coarse roles their token shows.

    `powers` are those an appointment at their offices should give them; not for Keycloak.
    """

    username: str
    first_name: str
    last_name: str
    offices: tuple[Office, ...]
    roles: tuple[str, ...]
    powers: tuple[Power, ...] = ()


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer as made: `subject` is the tokens' `sub`, `authenticator` what an app takes."""

    username: str
    password: str = field(repr=False)
    seed: str = field(repr=False)
    authenticator: str = field(repr=False)
    subject: str
    name: str
    offices: tuple[str, ...]
    roles: tuple[str, ...]
    powers: tuple[Power, ...]

    @property
    def person(self) -> str:
        """The name by which the services know them: `staff:<sub>`."""
        return f"staff:{self.subject}"

    @property
    def login(self) -> OfficerLogin:
        return OfficerLogin(self.username, self.password, self.seed)


def make_officers(
    base_url: str, account: AdminAccount, people: Iterable[Person], kept: Path
) -> dict[str, Officer]:
    """Make the officers who are not there yet and keep all their credentials in `kept` (mode 0600).

    Run again, it changes nothing; an account whose credentials are not in `kept` is made anew.
    Roles are brought to the list. Of the offices only what the list says otherwise than before is
    done: appointments that were made or ended since have the last word.
    """
    known = read_officers(kept) if kept.exists() else {}
    with Admin(base_url, account) as admin:
        groups = {group["path"]: group["id"] for group in _leaves(admin)}
        for person in people:
            known[person.username] = _officer(admin, groups, person, known.get(person.username))
            _keep(kept, known)
    return known


def read_officers(kept: Path) -> dict[str, Officer]:
    """The officers by username, as an earlier `make_officers` kept them."""
    rows = json.loads(kept.read_text(encoding="utf-8"))
    return {row["username"]: _read(row) for row in rows}


def _read(row: Document) -> Officer:
    lists = {name: tuple(row[name]) for name in ("offices", "roles")}
    return Officer(**row | lists | {"powers": tuple(Power(power) for power in row["powers"])})


def _keep(kept: Path, officers: dict[str, Officer]) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = kept.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump([asdict(officer) for officer in officers.values()], out, indent=1)
    fresh.replace(kept)


def _leaves(admin: Admin) -> list[Document]:
    """The office groups, two levels below the top."""
    groups: list[Document] = admin.get(f"realms/{STAFF}/groups", max=10000)
    for _ in range(2):
        inside = [f"realms/{STAFF}/groups/{group['id']}/children" for group in groups]
        groups = [child for path in inside for child in admin.get(path, max=10000)]
    return groups


def _officer(
    admin: Admin, groups: dict[str, str], person: Person, known: Officer | None
) -> Officer:
    missing = [office.path for office in person.offices if office.path not in groups]
    if missing:
        raise UnknownOffice(f"{person.username}: no group {', '.join(missing)}")
    users = f"realms/{STAFF}/users"
    found = admin.get(users, username=person.username, exact=True)
    if found and (known is None or known.subject != found[0]["id"]):
        admin.delete(f"{users}/{found[0]['id']}", None, f"officer {person.username} removed")
        found, known = [], None
    listed = known.offices if found and known is not None else ()
    if not found or known is None:
        known = _make(admin, person)
    _roles(admin, person, known.subject)
    _offices(admin, groups, person, known.subject, frozenset(listed))
    return _described(person, known.password, known.seed, known.subject)


def _make(admin: Admin, person: Person) -> Officer:
    password, seed = secrets.token_urlsafe(18), new_seed()
    factor = {"subType": "totp", "digits": 6, "counter": 0, "period": 30, "algorithm": "HmacSHA1"}
    body: Document = {
        "username": person.username,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "enabled": True,
        "credentials": [
            {"type": "password", "value": password, "temporary": False},
            {
                "type": "otp", "userLabel": "authenticator",
                "secretData": json.dumps({"value": seed}), "credentialData": json.dumps(factor),
            },
        ],
    }
    change = f"officer {person.username}"
    return _described(person, password, seed, admin.post(f"realms/{STAFF}/users", body, change))


def _described(person: Person, password: str, seed: str, subject: str) -> Officer:
    return Officer(
        username=person.username, password=password, seed=seed,
        authenticator=provisioning_secret(seed), subject=subject,
        name=f"{person.first_name} {person.last_name}",
        offices=tuple(office.path for office in person.offices), roles=person.roles,
        powers=person.powers,
    )


def _roles(admin: Admin, person: Person, subject: str) -> None:
    path = f"realms/{STAFF}/users/{subject}/role-mappings/realm"
    held = {role["name"] for role in admin.get(path)}
    missing = [admin.get(f"realms/{STAFF}/roles/{r}") for r in person.roles if r not in held]
    if missing:
        admin.post(path, missing, f"officer {person.username}: roles")


def _offices(
    admin: Admin, groups: dict[str, str], person: Person, subject: str, listed: frozenset[str]
) -> None:
    """Join the new offices first, then leave the old ones: nobody is ever without an office.

    New and old are against those that were `listed` for this person before.
    """
    path = f"realms/{STAFF}/users/{subject}/groups"
    held = {group["path"]: group["id"] for group in admin.get(path)}
    wanted = {office.path for office in person.offices}
    for name in sorted(wanted - listed - held.keys()):
        admin.put(f"{path}/{groups[name]}", None, f"officer {person.username} joins {name}")
    for name in sorted((listed - wanted) & held.keys()):
        admin.delete(f"{path}/{held[name]}", None, f"officer {person.username} leaves {name}")
