"""Fills a training stack with invented officers: accounts that can sign in, and appointments."""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from chassis.clock import machine_now
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
HELD = """
    select id, person, office, powers,
        since <= at.law as begun, until is not null and until <= at.law as over
    from appointment, (select %s + make_interval(secs => offset_seconds) as law from clock) at
"""
COPIED = "select id from appointment"
SECONDS = 240.0
"""Keycloak is told within two minutes or asked again; a busy machine needs both."""


Seed = Mapping[str, Any]  # what the runner reads: person, office, powers, perhaps names


@dataclass(frozen=True, slots=True)
class Held:
    """One appointment of a person at an office, at the stack's legal time.

    `begun`: its first day has come; `over`: it ended, or came to its dated end.
    """

    id: UUID
    powers: frozenset[str]
    begun: bool
    over: bool

    @property
    def holds(self) -> bool:
        return self.begun and not self.over


def officers_file(stack: Stack) -> Path:
    """Where the accounts' passwords and seeds are kept."""
    return stack.secrets / "officers.json"


def officers(stack: Stack) -> dict[str, Officer]:
    """The stack's officers by username, as they can sign in."""
    return read_officers(officers_file(stack))


def fill(stack: Stack, admin: AdminAccount) -> int:
    """Make accounts and appointments that were never there; answer how many officers there are.

    On a training stack only. Raises Refused.
    """
    newest = load_country(stack.rulebooks, stack.country).newest
    invented = load_training(stack.rulebooks, newest).officers
    agencies = {office.id: office.agency for office in newest.rules.offices}
    people = [_person(officer, agencies) for officer in invented]
    if unmade := _unmade(stack, people):
        make_officers(keycloak_address(stack), admin, unmade, officers_file(stack))
    made = officers(stack)
    seeds = [seed for one in invented for seed in _seeds(one, made[one.username])]
    seat(stack, seeds)
    return len(people)


def seat(stack: Stack, seeds: Sequence[Seed]) -> None:
    """Make the appointments that were never made; one that has ended stays ended.

    They are written down by the operator and logged as such; the clockwork copies them, and what
    else these people hold there, to the other services, which is waited for; what begins later is
    copied when it begins. Raises Refused.
    """
    before = _held(stack)
    due = [seed for seed in seeds if _never_made(before.get(_place(seed), []), seed)]
    if due:
        appoint(stack, due)
    held = _held(stack) if due else before
    living = (one for seed in seeds for one in held.get(_place(seed), []) if one.holds)
    _wait_for_copies(stack, {one.id for one in living})


def appoint(stack: Stack, seeds: Sequence[Seed]) -> str:
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


def _unmade(stack: Stack, people: Iterable[Person]) -> list[Person]:
    """Whose account was not made before as it is wanted: usually nobody's, without a call."""
    known = officers(stack) if officers_file(stack).exists() else {}
    return [person for person in people if not _made_so(known.get(person.username), person)]


def _made_so(officer: Officer | None, person: Person) -> bool:
    wanted = tuple(office.path for office in person.offices), person.roles
    return officer is not None and (officer.offices, officer.roles) == wanted


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


def _seeds(officer: TrainingOfficer, account: Officer) -> list[Seed]:
    return [
        {
            "person": account.person,
            "office": one.office,
            "powers": [power.value for power in one.powers],
        }
        for one in officer.appointments
    ]


def _place(seed: Seed) -> tuple[str, str]:
    return str(seed["person"]), str(seed["office"])


def _held(stack: Stack) -> dict[tuple[str, str], list[Held]]:
    """What licensing knows of each person at each office."""
    found = defaultdict[tuple[str, str], list[Held]](list)
    with psycopg.connect(owner_url(stack, "licensing")) as register:
        for number, person, office, powers, *when in register.execute(HELD, [machine_now()]):
            found[person, office].append(Held(number, frozenset(powers), *when))
    return found


def _never_made(held: Sequence[Held], seed: Seed) -> bool:
    """Nor any with these powers, nor is all that the person held at this office over."""
    wanted = {str(power) for power in seed["powers"]}
    made = any(wanted <= one.powers for one in held)
    return not made and (not held or not all(one.over for one in held))


def _wait_for_copies(stack: Stack, wanted: set[UUID]) -> None:
    """Until each service knows each appointment; raises Refused when that takes too long."""
    give_up = time.monotonic() + SECONDS
    for service in SERVICES:
        while missing := wanted - _copied(owner_url(stack, service)):
            if time.monotonic() > give_up:
                why = f"{len(missing)} appointments did not reach {service}"
                raise Refused(f"{why}: do the relays and workflows run?")
            time.sleep(0.3)


def _copied(url: str) -> set[UUID]:
    with psycopg.connect(url) as database:
        return {row[0] for row in database.execute(COPIED)}
