"""Shares: what of a posted payment each beneficiary receives, and how far that is carried out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.payments.language import BatchStatus, HeldBecause, ShareStatus, Verdict
from kernel.law.fees import SplitMode
from kernel.money import Money

FIRST: dict[SplitMode, ShareStatus] = {
    SplitMode.SETTLED: ShareStatus.DUE,
    SplitMode.INSTRUCTED: ShareStatus.DUE,
    SplitMode.ACCOUNTED: ShareStatus.ACCOUNTED,
}
"""The status a share begins with; an accounted one is carried out by standing in the ledger."""


@dataclass(eq=False, kw_only=True)
class Share:
    """One beneficiary's part of one posted payment (table `split_instruction`).

    `pays_into` is the account or wallet as provider or treasury knows it.
    """

    id: UUID
    invoice_id: UUID
    beneficiary: str
    basis_points: int
    minor: int
    currency: str
    mode: SplitMode
    pays_into: str
    provider: str | None
    posted_at: datetime
    status: ShareStatus
    batch_id: UUID | None = None
    position: int | None = None
    schedule_id: UUID | None = None
    ended_at: datetime | None = None

    @property
    def money(self) -> Money:
        return Money(self.minor, self.currency)


@dataclass(eq=False, kw_only=True)
class Batch:
    """Shares that a provider is told to pay out in one go. `next_ask` is real time."""

    id: UUID
    provider: str
    begun_at: datetime
    next_ask: datetime | None
    status: BatchStatus = BatchStatus.BEGUN
    asks: int = 0

    def look_again(self, real_now: datetime) -> None:
        """Plan the next question to the provider, ever more rarely."""
        self.asks += 1
        wait = timedelta(seconds=2 ** min(self.asks - 1, 11))
        self.next_ask = None if self.status is BatchStatus.ENDED else real_now + wait


@dataclass(eq=False, kw_only=True)
class Schedule:
    """A signed list of what the treasury is told to pay to whom."""

    id: UUID
    number: int
    body: dict[str, object]
    key: str
    signature: str
    issued_at: datetime


@dataclass(eq=False, kw_only=True)
class HeldMoney:
    """Money that came and matches nothing: it is listed until an officer has dealt with it."""

    id: UUID
    payment_id: UUID
    invoice_id: UUID
    because: HeldBecause
    minor: int
    currency: str
    provider: str
    provider_ref: str | None
    refund_due: bool
    held_at: datetime
    ended_at: datetime | None = None


@dataclass(eq=False, kw_only=True)
class Hint:
    """A callback as it came: of its content only the reference, the claim and a hash are kept."""

    id: UUID
    provider: str
    reference: str
    payment_id: UUID | None
    claimed: str
    claimed_amount: str | None
    body_hash: bytes
    received_at: datetime
    verdict: Verdict
    times: int = 1
