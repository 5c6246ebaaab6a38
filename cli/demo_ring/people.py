"""People at the ring: signed in through the real code flow, each with the typed clients."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

import httpx

from chassis.clock import machine_now, new_uuid
from contracts.cadastre.client import Cadastre
from contracts.calling import Calling
from contracts.licensing.client import Licensing
from contracts.licensing.client_cases import LicensingCases
from contracts.payments.client import Payments
from deploy.keycloak.sign_in import Browser, PortalClient, Tokens, refresh

FRESH = timedelta(minutes=8)
"""An access token lives ten minutes; it is renewed before it is too old to be of use."""

SignIn = Callable[[Browser], Tokens]


def key() -> str:
    """A fresh idempotency key: one for each act."""
    return str(new_uuid(machine_now()))


@dataclass(slots=True)
class SignedIn:
    """One person with one browser, so that a second sign-in meets the running session."""

    name: str
    client: PortalClient
    addresses: dict[str, str]
    browser: Browser = field(default_factory=Browser)
    _tokens: Tokens | None = None
    _since: datetime | None = None
    _open: dict[str, httpx.Client] = field(default_factory=dict)

    def sign_in(self, how: SignIn) -> Self:
        """Walk through the pages; may be done again, for instance with the second factor."""
        self._tokens, self._since = how(self.browser), machine_now()
        return self

    def close(self) -> None:
        self.browser.close()
        for one in self._open.values():
            one.close()

    def token(self) -> str | None:
        """The access token of the last sign-in, renewed when it is about to run out."""
        if self._tokens is None or self._since is None:
            return None
        if machine_now() - self._since > FRESH:
            self._tokens, self._since = refresh(self.client, self._tokens), machine_now()
        return self._tokens.access

    def calling(self, service: str) -> Calling:
        """A service as this person calls it."""
        if service not in self._open:
            self._open[service] = httpx.Client(base_url=self.addresses[service], timeout=30)
        return Calling(self._open[service], self.token)

    @property
    def licensing(self) -> Licensing:
        return Licensing(self.calling("licensing"))

    @property
    def cases(self) -> LicensingCases:
        return LicensingCases(self.calling("licensing"))

    @property
    def cadastre(self) -> Cadastre:
        return Cadastre(self.calling("cadastre"))

    @property
    def payments(self) -> Payments:
        return Payments(self.calling("payments"))


@dataclass(slots=True)
class Miner(SignedIn):
    """Somebody with a phone; `number` is in international form."""

    number: str = ""


@dataclass(slots=True)
class OfficerAtWork(SignedIn):
    """An officer; `person` is how services name them (`staff:<sub>`)."""

    username: str = ""
    person: str = ""
    stepped_up: datetime | None = None

    def is_stepped_up(self) -> bool:
        """Whether the second factor was shown so lately that it still counts."""
        return self.stepped_up is not None and machine_now() - self.stepped_up < FRESH
