"""What a training stack's officers were given: made once, ended for good, and waited for."""

import re
import secrets

import psycopg
import pytest

from deploy.stack import training_people
from deploy.stack.databases import owner_url
from deploy.stack.layout import Stack
from deploy.stack.processes import SERVICES
from deploy.stack.training_people import Seed, appoint, seat

ROWS = "select powers, until from appointment where person = %s order by since"
HELD_BY = {"licensing": ("appointment", "appointment_act")}


@pytest.fixture
def seed(stack: Stack) -> Seed:
    """An officer of its own with an account, whom nobody has appointed yet."""
    opened = appoint(stack, [{
        "person": f"seated.{secrets.token_hex(4)}", "office": "mines-east", "powers": [],
        "first_name": "Neema", "last_name": "Odeh",
    }])
    person = re.search(r"staff:\S+", opened)
    assert person
    return {"person": person[0], "office": "mines-east", "powers": ["read-cases"]}


def appointed(stack: Stack, service: str, seed: Seed) -> list[tuple[list[str], bool]]:
    """Powers, and whether there is an end."""
    with psycopg.connect(owner_url(stack, service)) as register:
        found = register.execute(ROWS, [seed["person"]]).fetchall()
    return [(powers, until is not None) for powers, until in found]


def end(stack: Stack, seed: Seed, after: str) -> None:
    """As it stands once an officer gave it this end, and everybody was told."""
    for service in SERVICES:
        with psycopg.connect(owner_url(stack, service)) as register:
            for table in HELD_BY.get(service, ("appointment",)):
                register.execute(
                    f"update {table} set until = since + %s::interval where person = %s",
                    [after, seed["person"]],
                )


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_people, "SECONDS", 60.0)


def test_what_was_ended_stays_ended(stack: Stack, seed: Seed) -> None:
    seat(stack, [seed])
    end(stack, seed, "1 microsecond")
    seat(stack, [seed])
    for service in SERVICES:
        assert appointed(stack, service, seed) == [(["read-cases"], True)]


def test_what_has_a_later_end_is_known_everywhere_and_not_waited_for(
    stack: Stack, seed: Seed
) -> None:
    seat(stack, [seed])
    end(stack, seed, "9000 days")
    seat(stack, [seed])
    assert appointed(stack, "cadastre", seed) == [(["read-cases"], True)]


def test_what_the_law_adds_is_given_while_something_is_held(stack: Stack, seed: Seed) -> None:
    seat(stack, [seed])
    more = {**seed, "powers": ["read-cases", "record-step"]}
    seat(stack, [more])
    both = [(["read-cases"], False), (["read-cases", "record-step"], False)]
    assert appointed(stack, "messages", seed) == both
    end(stack, seed, "1 microsecond")
    seat(stack, [more])
    assert len(appointed(stack, "licensing", seed)) == len(both)
