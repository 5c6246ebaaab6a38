"""A payment: one try to pay an invoice through a provider, and what the provider says of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.payments.language import PaymentStatus, UsedFor
from kernel.money import Money
from kernel.problems import Problem, TooMany

LIVE: Final = (PaymentStatus.BEGUN, PaymentStatus.PENDING, PaymentStatus.UNKNOWN)
HOUR: Final = timedelta(hours=1)
PATIENCE: Final = timedelta(hours=24)
"""How long after the due instant a payer who has been asked may still hold the expiry."""

FIRST_LOOK: Final = timedelta(seconds=6)  # after the time that asking the payer may take
LONGEST_WAIT: Final = timedelta(hours=1)
LAST_LOOK: Final = 400  # about two weeks of asking
HINTS_AT_ONCE: Final = 20  # callbacks of one payment; an honest provider sends one or two
REVERSIBLE: Final = timedelta(days=7)
"""How long after it was completed an operator may take a payment back."""
PACE: Final = timedelta(minutes=1)  # how often callbacks beyond these have the provider asked


class TooManyPaymentsUnderWay(Problem):
    """Several payments of this invoice that one person began wait; one of them must end first."""

    title = "This invoice is being paid already"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many payments one person has under way for an invoice, and begins in an hour.

    `of_phone`: how often in an hour a phone is asked to pay by people whose invoices these are
    not; and how often by one person whose invoices they are. `invoices_of_others`: how many codes
    of others' invoices a person looks up in an hour, right and wrong ones.
    """

    at_once: int = 5
    by_person: int = 60
    of_phone: int = 12
    invoices_of_others: int = 60


LIMITS: Final = Limits()


def must_be_few(begun: Sequence[datetime], limit: int, now: datetime) -> None:
    """Raise TooMany where so many were begun in the last hour; `begun` is in order."""
    if len(begun) >= limit:
        wait = (begun[-limit] + HOUR - now).total_seconds()
        raise TooMany("Too many payments in an hour", retry_after=max(1, math.ceil(wait)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider itself says of a payment: `amount` as it spells it, `at` by its own clock.

    `reference` is the provider's name for it, None while it has none.
    """

    status: PaymentStatus
    reference: str | None = None
    amount: str | None = None
    currency: str | None = None
    at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """How many of a provider's answers, and how many hints, had been recorded of a payment."""

    answers: int
    hints: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request to a payer. `correlation` is our name for it: a repeat is the same payment."""

    correlation: str
    msisdn: str
    money: Money
    reference: str  # the invoice's code, shown to the payer


@dataclass(eq=False, kw_only=True)
class Payment:
    """An intent to pay; its id is the correlation id that the provider knows it by.

    `msisdn` is personal and never leaves this service but to the provider. `begun_at` and
    `completed_at` are legal instants, `next_ask` and `last_look` are real time. At `last_look` the
    provider is asked once more about a completed payment. `answers` and `hints` only grow.
    """

    id: UUID
    invoice_id: UUID
    provider: str
    msisdn: str
    minor: int
    currency: str
    begun_by: str | None
    begun_at: datetime
    next_ask: datetime | None
    status: PaymentStatus = PaymentStatus.BEGUN
    asks: int = 0
    asked_at: datetime | None = None
    provider_ref: str | None = None
    completed_at: datetime | None = None
    used_for: UsedFor | None = None
    reason: str | None = None
    answers: int = 0
    hints: int = 0
    last_look: datetime | None = None

    @property
    def money(self) -> Money:
        return Money(self.minor, self.currency)

    @property
    def heard(self) -> Heard:
        return Heard(self.answers, self.hints)

    @property
    def live(self) -> bool:
        return self.status in LIVE

    def holds(self, due_at: datetime, answered_before: datetime | None) -> bool:
        """Whether an invoice may not expire yet because this payment may still complete.

        `answered_before`: when the provider's answer before its newest one came. After a day's
        patience it must have said twice that the payer is still being asked; that it never heard
        of the payment it need only say twice.
        """
        if not self.live or self.begun_at > due_at:
            return False
        if answered_before is None:
            return True
        return self.status is not PaymentStatus.UNKNOWN and answered_before <= due_at + PATIENCE

    def look_again(self, real_now: datetime) -> None:
        """Plan the next question to the provider, ever more rarely.

        A payment whose end was never known is given up after the last look. One that had ended is
        asked about for a reason, and until the provider has answered.
        """
        self.asks += 1
        wait = min(timedelta(seconds=2 ** min(self.asks - 1, 12)), LONGEST_WAIT)
        self.next_ask = None if self.live and self.asks >= LAST_LOOK else real_now + wait

    def look_by(self, at: datetime) -> None:
        """Have the provider asked at `at` (real time) at the latest."""
        if self.next_ask is not None and self.next_ask <= at:
            return
        self.next_ask = at
        if not self.live:
            self.asks = 0

    def take_hint(self, real_now: datetime) -> bool:
        """Count a callback and plan a look; whether the provider may be asked at once.

        However many have come, one more is never without effect: but what comes after the first
        ones has the provider asked once in a while only.
        """
        self.hints += 1
        if self.status is PaymentStatus.REVERSED:
            return False
        self.look_soon(real_now)
        return self.hints <= HINTS_AT_ONCE

    def look_soon(self, real_now: datetime) -> None:
        """Have the provider asked because of a hint that it has not answered yet."""
        self.look_by(real_now + (FIRST_LOOK if self.hints <= HINTS_AT_ONCE else PACE))

    def rest(self, real_now: datetime) -> None:
        """The provider has answered: of a completed payment the last look is left, if any."""
        ahead = self.last_look is not None and self.last_look > real_now
        still = ahead and self.status is PaymentStatus.COMPLETED
        self.asks, self.next_ask = 0, self.last_look if still else None
