"""Accounts of a training stack: only those are touched of which the rulebook says something new."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import pytest

from deploy.keycloak.people import Officer, Person
from deploy.keycloak.start import AdminAccount
from deploy.stack import training_people
from deploy.stack.layout import Mode, Stack, establish
from deploy.stack.training_people import fill, officers_file

ADMIN = AdminAccount("reconciler", "word")


@pytest.fixture
def stack(folder: Path) -> Stack:
    return establish(folder / "d", Mode.TRAINING, 29000)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[list[Person]]:
    """Whom each `fill` had made or mended; nobody is appointed."""
    calls: list[list[Person]] = []

    def make(_: str, __: AdminAccount, people: Iterable[Person], kept: Path) -> None:
        calls.append(list(people))
        rows = json.loads(kept.read_text()) if kept.exists() else []
        rows += [asdict(_officer(person)) for person in calls[-1]]
        kept.write_text(json.dumps(rows))

    monkeypatch.setattr(training_people, "make_officers", make)
    monkeypatch.setattr(training_people, "seat", lambda *_: None)
    return calls


def _officer(person: Person) -> Officer:
    offices = tuple(office.path for office in person.offices)
    return Officer(
        person.username, "", "", "", f"id of {person.username}", "",
        offices, person.roles, person.powers,
    )


def test_whoever_is_listed_as_before_is_left_alone(
    stack: Stack, made: list[list[Person]]
) -> None:
    number = fill(stack, ADMIN)
    assert len(made[0]) == number > 1
    fill(stack, ADMIN)
    rows = json.loads(officers_file(stack).read_text())
    rows[0]["offices"] = []  # the rulebook has added the office since
    del rows[1]
    officers_file(stack).write_text(json.dumps(rows))
    fill(stack, ADMIN)
    assert [[one.username for one in people] for people in made[1:]] == [
        [one.username for one in made[0][:2]]
    ]
