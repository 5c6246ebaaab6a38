"""What is waited for when invented officers are appointed: what holds at the stack's own time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from chassis.clock import machine_now, new_uuid
from deploy.stack import training_people
from deploy.stack.layout import Mode, Refused, Stack
from deploy.stack.processes import SERVICES
from deploy.stack.training_people import Seed, seat
from tests.own_database import OwnDatabases

AHEAD = 40 * 86400
"""Seconds by which the stack's clock was moved."""

TABLES = """
    create table clock (offset_seconds integer);
    create table appointment (
        id uuid primary key, person text, office text, powers text[],
        since timestamptz, until timestamptz
    )
"""
WRITTEN = """
    insert into appointment
    values (%s, 'staff:neema', 'mines-east', %s, now() + %s::interval, now() + %s::interval)
"""
SEED: Seed = {"person": "staff:neema", "office": "mines-east", "powers": ["read-cases"]}


@dataclass(frozen=True, slots=True)
class Registers:
    """What each service knows of appointments."""

    stack: Stack

    def write(
        self, power: str, since: str, until: str | None = None, copied: bool = True
    ) -> UUID:
        number = new_uuid(machine_now())
        for service in SERVICES if copied else ("licensing",):
            with psycopg.connect(url_of(self.stack, service)) as register:
                register.execute(WRITTEN, [number, [power], since, until])
        return number


def url_of(stack: Stack, service: str) -> str:
    return stack.given[f"CORNERPOST_DATABASE_URL_{service.upper()}"]


@pytest.fixture
def registers(
    postgres: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Registers]:
    """The tables that are read, in databases of their own; the clock is ahead."""
    own = OwnDatabases(postgres, "seating")
    names = {service: own.make(f"{service}_") for service in SERVICES}
    monkeypatch.setattr(training_people, "SECONDS", 1.0)
    given = {
        f"CORNERPOST_DATABASE_URL_{service.upper()}": own.url(own.owner, name)
        for service, name in names.items()
    }
    stack = Stack(folder, Mode.TRAINING, 29000, given)
    for service in SERVICES:
        with psycopg.connect(url_of(stack, service)) as register:
            register.execute(TABLES)
            register.execute("insert into clock values (%s)", [AHEAD])
    yield Registers(stack)
    own.drop(*names.values())


def test_what_begins_later_is_not_waited_for(registers: Registers) -> None:
    registers.write("read-cases", since="-1 day")
    registers.write("record-step", since="60 days", copied=False)
    registers.write("take-decision", since="50 days", until="60 days", copied=False)
    seat(registers.stack, [SEED])


def test_what_has_begun_by_the_moved_clock_is_waited_for(registers: Registers) -> None:
    registers.write("read-cases", since="-1 day")
    registers.write("record-step", since="30 days", copied=False)
    with pytest.raises(Refused, match="1 appointments did not reach cadastre"):
        seat(registers.stack, [SEED])


def test_what_is_still_to_begin_was_made_and_is_not_made_again(registers: Registers) -> None:
    registers.write("read-cases", since="60 days", copied=False)
    seat(registers.stack, [SEED])
