"""One running training stack as people meet it: who signs in where, and what their phones show."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx

from chassis.clock import machine_now
from cli.demo_ring.people import Miner, OfficerAtWork, SignedIn
from cli.demo_ring.waiting import until
from deploy.keycloak.one_time_codes import OneTimeCodes
from deploy.keycloak.people import Officer
from deploy.keycloak.sign_in import PortalClient, sign_in_miner, sign_in_officer
from deploy.stack import training_people
from deploy.stack.environment import keycloak_address, sign_in_address
from deploy.stack.layout import Refused, Stack
from deploy.stack.processes import SERVICES
from deploy.stack.training_clock import TrainingClock
from deploy.stack.up import alone
from deploy.stack.vault import secret
from kernel.law.editions import Edition
from kernel.law.load import load_country

Text = dict[str, Any]  # as the fake telecom shows it
Somebody = TypeVar("Somebody", bound=SignedIn)
CODE = re.compile(r"\b(\d{6})\b")


@dataclass(slots=True)
class Ring:
    """Use it in a `with` statement: it closes every browser it opened."""

    stack: Stack
    law: Edition = field(init=False)
    officers: dict[str, Officer] = field(init=False)
    _at_work: dict[str, OfficerAtWork] = field(default_factory=dict)
    _closing: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        if not self.stack.training:
            raise Refused("This is a production stack: nobody plays on it")
        self.law = load_country(self.stack.rulebooks, self.stack.country).newest
        self.officers = training_people.officers(self.stack)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    @property
    def clock(self) -> TrainingClock:
        return TrainingClock(self.stack)

    def today(self) -> date:
        """The day it is in the country, in legal time."""
        ahead = self.law.rules.country.utc_offset_minutes
        return (self.clock.now() + timedelta(minutes=ahead)).date()

    def move_clock(self, to: datetime, say: Callable[[str], None]) -> None:
        """What `cornerpost clock to` does: from due instant to due instant."""
        with alone(self.stack):
            TrainingClock(self.stack, say).forward(to)

    def address(self, process: str) -> str:
        return self.stack.address(process)

    def public_key(self, name: str) -> Path:
        return self.stack.keys / "public" / f"{name}.json"

    def anybody(self) -> SignedIn:
        """Somebody who has not signed in: the public."""
        client = self._portal("public", "portal_public")
        return self._keep(SignedIn("the public", client, self._addresses()))

    def miner(self, name: str, number: str) -> Miner:
        """Signed in by phone: the code is read from the phone that it was sent to."""
        client = self._portal("public", "portal_public")
        one = self._keep(Miner(name, client, self._addresses(), number=number))
        seen = self._newest(number)
        one.sign_in(lambda browser: sign_in_miner(
            browser, client, number, partial(self._read_code, seen)
        ))
        return one

    def officer(
        self, username: str, step_up: bool = False, again: bool = False
    ) -> OfficerAtWork:
        """Signed in with password, and with `step_up` with the second factor too.

        Whoever is signed in stays so, unless it is to be done again or was too long ago.
        """
        client, known = self._portal("staff", "portal"), self.officers[username]
        found = self._at_work.get(username)
        if found is None:
            found = self._keep(OfficerAtWork(
                known.name, client, self._addresses(), username=username, person=known.person
            ))
        here = username in self._at_work and (not step_up or found.is_stepped_up())
        if again or not here:
            found.sign_in(lambda browser: sign_in_officer(
                browser, client, known.login, self._codes, step_up
            ))
            found.stepped_up = machine_now() if step_up else found.stepped_up
        self._at_work[username] = found
        return found

    def officer_at(self, office: str, power: str = "decide-step") -> OfficerAtWork:
        """Somebody who holds that power at that office."""
        for username, one in self.officers.items():
            here = any(path.endswith(f"/{office}") for path in one.offices)
            if here and power in {held.value for held in one.powers}:
                return self.officer(username)
        raise Refused(f"Nobody at {office} holds the power {power}")

    def texts(self, number: str) -> list[Text]:
        """What a phone shows, the oldest first."""
        return self._telecom(f"/phones/{number}/messages")

    def text(self, number: str, words: str) -> str:
        """The first text on a phone with these words in it, as soon as it is there."""
        return until(f"{number} is told: {words}", lambda: next(
            (str(one["body"]) for one in self.texts(number) if words in one["body"]), None
        ))

    def mails(self, address: str) -> list[Text]:
        """What lies in an office's mailbox, the oldest first."""
        return self._telecom(f"/mailboxes/{address}")

    def put(self, process: str, path: str, body: dict[str, Any]) -> None:
        """Tell a fake how to behave."""
        httpx.put(f"{self.address(process)}{path}", json=body, timeout=10).raise_for_status()

    def forge(self, members: dict[str, Any]) -> str:
        """A stranger's callback to payments; the status it was answered with."""
        url = f"{self.address('payments')}/v1/providers/mobile-money/callbacks"
        to = f"{self.address('mobile-money')}/control/forge"
        answer = httpx.post(to, json={"url": url, "members": members}, timeout=10)
        return str(answer.raise_for_status().json()["answer"])

    @property
    def _codes(self) -> OneTimeCodes:
        return OneTimeCodes(self.stack.secrets / "used-codes")

    def _portal(self, realm: str, client: str) -> PortalClient:
        name = client.replace("_", "-")
        return PortalClient(
            f"{sign_in_address(self.stack)}/realms/{realm}", name,
            secret(self.stack, f"client-{name}"), f"{self.stack.public_url}/signin/callback",
            f"{keycloak_address(self.stack)}/realms/{realm}",
        )

    def _addresses(self) -> dict[str, str]:
        return {service: self.address(service) for service in SERVICES}

    def _read_code(self, seen: int, number: str) -> str:
        return until(f"a code arrives on {number}", lambda: self._code_after(seen, number))

    def _code_after(self, seen: int, number: str) -> str | None:
        codes = [CODE.search(one["body"]) for one in self.texts(number) if one["n"] > seen]
        return next((found[1] for found in reversed(codes) if found), None)

    def _newest(self, number: str) -> int:
        return max((int(one["n"]) for one in self.texts(number)), default=0)

    def _telecom(self, path: str) -> list[Text]:
        answer = httpx.get(f"{self.address('telecom')}{path}", timeout=10)
        told: list[Text] = answer.raise_for_status().json()
        return told

    def _keep(self, person: Somebody) -> Somebody:
        self._closing.callback(person.close)
        return person
