"""An invoice: what a fee step costs, by when, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from contracts.payments.language import InvoiceStatus
from kernel.events import EditionRef
from kernel.law.fees import SplitMode
from kernel.money import Money
from kernel.problems import Problem


class InvoiceNotOpen(Problem):
    """Paid, expired or voided: nothing more can be paid on it."""

    title = "Nothing can be paid on this invoice any more"


class TimeIsUp(Problem):
    """The due instant has passed: a payment begun now would come too late."""

    title = "The time for paying this invoice is over"


class LineOwed(TypedDict):
    """One line as it was priced when the invoice was raised; amounts in minor units."""

    id: str
    title: str
    basis: str
    quantity: str
    rate: int
    minor: int


class ShareOwed(TypedDict):
    """One beneficiary's part as the rulebook's split gave it when the invoice was raised."""

    beneficiary: str
    title: str
    basis_points: int
    minor: int
    pays_into: str


@dataclass(eq=False, kw_only=True)
class Invoice:
    """One fee of one step of a case. `payer` is who was told of it, not who must pay it.

    `offices`: agency to its office for the case, where ground, district or law says which.
    """

    id: UUID
    number: int
    code: str
    application_id: UUID
    application_code: str
    step: str
    round: int
    fee: str
    title: str
    article: str
    licence_type: str
    lines: list[LineOwed]
    shares: list[ShareOwed]
    mode: SplitMode
    minor: int
    currency: str
    due_at: datetime
    remind_at: list[datetime]
    payer: str | None
    raised_at: datetime
    edition: dict[str, str]
    status: InvoiceStatus = InvoiceStatus.OPEN
    ended_at: datetime | None = None
    ended_because: str | None = None
    reminded: int = field(default=0)
    stands_still: bool = False
    offices: dict[str, str] = field(default_factory=dict)

    @property
    def money(self) -> Money:
        return Money(self.minor, self.currency)

    @property
    def open(self) -> bool:
        return self.status is InvoiceStatus.OPEN

    def is_past(self, now: datetime) -> bool:
        """Whether its time is over; it cannot be while all clocks stand still."""
        return not self.stands_still and now > self.due_at

    def edition_ref(self) -> EditionRef:
        return EditionRef(**self.edition)

    def must_be_payable(self, now: datetime) -> None:
        """Raise InvoiceNotOpen or TimeIsUp unless a payment may begin at `now`."""
        if not self.open:
            raise InvoiceNotOpen(f"{self.code} is {self.status.value}", status=self.status.value)
        if self.is_past(now):
            raise TimeIsUp(f"{self.code} was due before now", due_at=self.due_at)

    def end(self, status: InvoiceStatus, at: datetime, because: str | None = None) -> None:
        """Close an open invoice. Raises InvoiceNotOpen."""
        if not self.open:
            raise InvoiceNotOpen(f"{self.code} is {self.status.value}", status=self.status.value)
        self.status, self.ended_at, self.ended_because = status, at, because
