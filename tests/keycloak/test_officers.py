"""The offices that a list of officers gives and takes; what was ended since is left as it is."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import pytest

from deploy.keycloak import people
from deploy.keycloak.admin import Document
from deploy.keycloak.people import Person, make_officers
from deploy.keycloak.start import AdminAccount
from tests.keycloak.server import NORTH, OFFICES, REGISTRY, SOUTH

CLERK = Person("clerk.north", "Neema", "Banda", (NORTH, SOUTH), ())
TOP = {"": ["agencies"], "agencies": ["mines", "lands", "environment"]}
TOP |= {
    agency: [one.office for one in OFFICES if one.agency == agency] for agency in TOP["agencies"]
}


@dataclass
class Accounts:
    """The part of the admin API that officers are made with; `offices` of the only account."""

    users: list[Document] = field(default_factory=list)
    offices: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def get(self, path: str, **_: object) -> list[Document]:
        if path.endswith("/users"):
            return self.users
        if "/users/" in path:
            held = sorted(self.offices) if path.endswith("/groups") else []
            return [{"path": one, "id": one} for one in held]
        name = path.rpartition("/groups")[2].strip("/").removesuffix("/children")
        paths = {one.office: one.path for one in OFFICES}
        return [{"id": one, "path": paths.get(one, one)} for one in TOP[name]]

    def post(self, path: str, body: Any, change: str) -> str:
        self.users.append({"id": "u1"})
        return "u1"

    def put(self, path: str, body: None, change: str) -> None:
        office = path.rpartition("/")[2]
        self.offices.add(next(one.path for one in OFFICES if one.office == office))

    def delete(self, path: str, body: None, change: str) -> None:
        self.offices.discard(path.partition("/groups/")[2])


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> Accounts:
    server = Accounts()
    monkeypatch.setattr(people, "Admin", lambda *_: server)
    return server


def make(kept: Path, person: Person) -> None:
    make_officers("http://127.0.0.1", AdminAccount("", ""), [person], kept / "officers.json")


def test_an_office_that_was_left_is_not_joined_again_when_the_list_grows(
    accounts: Accounts, tmp_path: Path
) -> None:
    make(tmp_path, CLERK)
    assert accounts.offices == {NORTH.path, SOUTH.path}
    accounts.offices = {SOUTH.path}  # the appointment in the north was ended
    make(tmp_path, replace(CLERK, offices=(NORTH, SOUTH, REGISTRY)))
    assert accounts.offices == {SOUTH.path, REGISTRY.path}


def test_an_office_that_the_list_did_not_give_is_not_taken_by_it(
    accounts: Accounts, tmp_path: Path
) -> None:
    make(tmp_path, CLERK)
    accounts.offices |= {REGISTRY.path}  # an appointment that officers made
    make(tmp_path, replace(CLERK, offices=(SOUTH,)))
    assert accounts.offices == {SOUTH.path, REGISTRY.path}
