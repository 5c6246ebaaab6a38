"""The port to payment providers: ask a payer, ask what became of it, pay out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kernel.money import Money
from kernel.problems import NotFound, TryLater
from services.payments.domain.payment import Answer, Prompt


class ProviderAway(Exception):
    """The provider did not answer in time, or with something that cannot be read.

    It may have acted on the request all the same: only asking again tells.
    """


class NoSuchProvider(NotFound):
    """No provider of this name is connected here."""

    title = "There is no such provider"


class NoOperatorConnected(TryLater):
    """The country's office has no account with this provider yet: nobody can pay through it."""

    title = "Payments are not taken here yet"


@dataclass(frozen=True, slots=True)
class Payout:
    """One line of a batch: `correlation` is the provider's name for it once it is sent."""

    correlation: str
    pays_into: str
    money: Money
    reference: str


class Provider(Protocol):
    """What every provider can do, each within five seconds. Every method raises ProviderAway."""

    @property
    def name(self) -> str: ...

    def ask_payer(self, prompt: Prompt) -> Answer:
        """Have the payer asked on the phone. Sending it again with its correlation is harmless."""

    def look_up(self, correlation: str) -> Answer:
        """What became of it; `unknown` when the provider never heard of it."""

    def pay_out(self, batch: str, lines: Sequence[Payout]) -> None:
        """Have a batch paid out. Sending it again under its name is harmless."""

    def close(self) -> None:
        """Let go of its connections."""


@dataclass(frozen=True, slots=True)
class Unconnected:
    """A provider whose address nobody has given: what was begun with it before waits."""

    name: str

    def ask_payer(self, prompt: Prompt) -> Answer:
        raise ProviderAway("none is configured")

    def look_up(self, correlation: str) -> Answer:
        raise ProviderAway("none is configured")

    def pay_out(self, batch: str, lines: Sequence[Payout]) -> None:
        raise ProviderAway("none is configured")

    def close(self) -> None:
        """Nothing is open."""
