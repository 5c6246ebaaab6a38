"""Fills a training stack with invented officers: accounts that can sign in, and appointments."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import psycopg

from deploy.keycloak.people import Officer, Person, make_officers, read_officers
from deploy.keycloak.realms import Office
from deploy.keycloak.start import AdminAccount
from deploy.stack.databases import owner_url
from deploy.stack.environment import environment, keycloak_address
from deploy.stack.layout import ROOT, Refused, Stack
from deploy.stack.processes import OURS, SERVICES
from kernel.law.load import load_country
from kernel.law.training import TrainingOfficer, load_training

RUNNER = "cli.appointing"
COPIED = "select person, office from appointment where until is null"
SECONDS = 240.0
"""Keycloak is told within two minutes or asked again; a busy machine needs both."""


def officers_file(stack: Stack) -> Path:
    """Where the accounts' passwords and seeds are kept."""
    return stack.secrets / "officers.json"


def officers(stack: Stack) -> dict[str, Officer]:
    """The stack's officers by username, as they can sign in."""
    return read_officers(officers_file(stack))


def fill(stack: Stack, admin: AdminAccount) -> int:
    """Make accounts and appointments that are not there yet; answer how many officers there are.

    On a training stack only. The appointments are written down by the operator and logged as such;
    the clockwork copies them to the other services, which is waited for. Raises Refused.
    """
    newest = load_country(stack.rulebooks, stack.country).newest
    invented = load_training(stack.rulebooks, newest).officers
    agencies = {office.id: office.agency for office in newest.rules.offices}
    people = [_person(officer, agencies) for officer in invented]
    if not _all_made(stack, people):
        file = officers_file(stack)
        make_officers(keycloak_address(stack), admin, people, file)
    made = officers(stack)
    seeds = [seed for one in invented for seed in _seeds(one, made[one.username])]
    appoint(stack, seeds)
    _wait_for_copies(stack, {(str(seed["person"]), str(seed["office"])) for seed in seeds})
    return len(people)


def appoint(stack: Stack, seeds: Sequence[Mapping[str, object]]) -> str:
    """Have licensing write first appointments down, as its operator; answer what was said.

    It may hold a password that is shown only once: print it, and keep it nowhere. One process of
    its own does it: deploy imports no service. Raises Refused with its last words.
    """
    told = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    licensing = next(one for one in OURS if one.name == "licensing-worker")  # knows Keycloak
    done = subprocess.run(
        [sys.executable, "-m", RUNNER],
        input=json.dumps(list(seeds)),
        env=told | environment(licensing, stack),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(f"Appointing failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


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


def _seeds(officer: TrainingOfficer, account: Officer) -> list[dict[str, object]]:
    return [
        {
            "person": account.person,
            "office": one.office,
            "powers": [power.value for power in one.powers],
        }
        for one in officer.appointments
    ]


def _wait_for_copies(stack: Stack, wanted: set[tuple[str, str]]) -> None:
    """Until each service knows each appointment; raises Refused when that takes too long."""
    give_up = time.monotonic() + SECONDS
    for service in SERVICES:
        while missing := wanted - _copied(owner_url(stack, service)):
            if time.monotonic() > give_up:
                why = f"{len(missing)} appointments did not reach {service}"
                raise Refused(f"{why}: do the relays and workflows run?")
            time.sleep(0.3)


def _copied(url: str) -> set[tuple[str, str]]:
    with psycopg.connect(url) as database:
        return {(str(row[0]), str(row[1])) for row in database.execute(COPIED)}
