"""Fills a training stack with invented officers: accounts that can sign in, and appointments."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import psycopg

from chassis.clock import machine_now
from deploy.keycloak.people import Officer, Person, make_officers, read_officers
from deploy.keycloak.realms import Office
from deploy.keycloak.start import AdminAccount
from deploy.stack.databases import owner_url
from deploy.stack.environment import COUNTRY, keycloak_address
from deploy.stack.layout import ROOT, Stack
from deploy.stack.migrations import has_migrations
from deploy.stack.processes import SERVICES
from kernel.law.load import load_country
from kernel.law.training import TrainingOfficer, load_training

APPOINT = """
    insert into appointment (id, person, agency, office, powers, since, version)
    values (%s, %s, %s, %s, %s, %s, 1) on conflict (id) do nothing
"""


def officers_file(stack: Stack) -> Path:
    """Where the accounts' passwords and seeds are kept."""
    return stack.secrets / "officers.json"


def officers(stack: Stack) -> dict[str, Officer]:
    """The stack's officers by username, as they can sign in."""
    return read_officers(officers_file(stack))


def fill(stack: Stack, admin: AdminAccount) -> int:
    """Make accounts and appointments that are not there yet; answer how many officers there are.

    On a training stack only: there these appointments stand in every service from the first day,
    as if they had been proposed and approved; on a production stack people do that.
    """
    newest = load_country(ROOT / "rulebooks", COUNTRY).newest
    invented = load_training(ROOT / "rulebooks", newest).officers
    agencies = {office.id: office.agency for office in newest.rules.offices}
    people = [_person(officer, agencies) for officer in invented]
    if not _all_made(stack, people):
        file = officers_file(stack)
        make_officers(keycloak_address(stack), admin, people, file)
    made = officers(stack)
    rows = [row for one in invented for row in _appointments(one, agencies, made[one.username])]
    for service in SERVICES:
        if has_migrations(service):
            _appoint(owner_url(stack, service), rows)
    return len(people)


Row = tuple[object, str, str, str, list[str], datetime]


def _all_made(stack: Stack, people: Iterable[Person]) -> bool:
    """Whether every account was made before as it is wanted: the usual case, without a call."""
    if not officers_file(stack).exists():
        return False
    known = officers(stack)
    return all(
        person.username in known
        and known[person.username].offices == tuple(office.path for office in person.offices)
        and known[person.username].roles == person.roles
        for person in people
    )


def _person(officer: TrainingOfficer, agencies: dict[str, str]) -> Person:
    held = [one.office for one in officer.appointments]
    return Person(
        officer.username,
        officer.first_name,
        officer.last_name,
        tuple(Office(agencies[office], office) for office in held),
        officer.roles,
        tuple(dict.fromkeys(power for one in officer.appointments for power in one.powers)),
    )


def _appointments(
    officer: TrainingOfficer, agencies: dict[str, str], account: Officer
) -> list[Row]:
    since = machine_now()
    return [
        (
            uuid5(NAMESPACE_URL, f"{account.person}@{one.office}"),
            account.person,
            agencies[one.office],
            one.office,
            [power.value for power in one.powers],
            since,
        )
        for one in officer.appointments
    ]


def _appoint(url: str, rows: list[Row]) -> None:
    with psycopg.connect(url) as database, database.cursor() as cursor:
        cursor.executemany(APPOINT, rows)
