"""Payments on the wire: quotes, invoices, payments, receipts, the books and what is unmatched."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts.payments.language import (
    HeldBecause,
    InvoiceStatus,
    PaymentStatus,
    ShareStatus,
    UsedFor,
)
from kernel.law.fees import SplitMode
from kernel.law.procedure import HolderKind

MOBILE_MONEY: Final = "mobile-money"

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=48)]
Msisdn = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]


class Words(BaseModel):
    """A request: unknown members are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class View(BaseModel):
    """An answer: made from entities, may gain members later."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Amount(View):
    """Money as it travels: whole minor units and the currency."""

    minor: int
    currency: str


class Signed(Words):
    """A signed document: Ed25519 over its purpose and the canonical bytes of `body`."""

    body: dict[str, object]
    key: str
    signature: str


class QuoteFacts(Words):
    """What tariffs and their conditions look at. Hectares are exact and travel as text."""

    party_kind: HolderKind
    hectares: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?$")] = "0"
    units: int = Field(default=0, ge=0, le=10**7)
    minerals: list[Id] = Field(default_factory=list, max_length=20)
    members: int = Field(default=0, ge=0, le=10**6)
    women: int = Field(default=0, ge=0, le=10**6)
    known_workings: int = Field(default=0, ge=0, le=10**6)
    district: Id | None = None
    zone: Id | None = None


class QuoteAsked(Words):
    """What would be applied for. A ground statement's facts go before those given here."""

    licence_type: Id
    procedure: Id = "new"
    facts: QuoteFacts
    ground: Signed | None = None


class LineView(View):
    """`titles`: its name by language. `quantity` is exact and travels as text."""

    id: str
    titles: dict[str, str]
    basis: str
    quantity: str
    rate: Amount
    amount: Amount


class ShareView(View):
    """One beneficiary's part of a fee."""

    beneficiary: str
    titles: dict[str, str]
    basis_points: int
    amount: Amount


class FeeView(View):
    """One fee: at which step it falls due, what it is made of, who receives it."""

    step: str
    fee: str
    titles: dict[str, str]
    article: str
    lines: list[LineView]
    shares: list[ShareView]
    mode: SplitMode
    total: Amount


class QuoteView(View):
    """The total cost before anything is started, by the edition in force."""

    licence_type: str
    procedure: str
    edition: str
    fees: list[FeeView]
    total: Amount
    as_of: datetime


class InvoiceView(View):
    """An invoice. Whoever only knows its code sees what he needs to pay it and nothing else."""

    id: UUID
    code: str
    application: UUID | None
    application_code: str | None
    step: str | None
    round: int | None
    fee: str
    titles: dict[str, str]
    amount: Amount
    due_at: datetime
    stands_still: bool = False  # all clocks stand still: it can be paid, also after `due_at`
    status: InvoiceStatus
    raised_at: datetime | None
    ended_at: datetime | None
    lines: list[LineView]
    shares: list[ShareView]
    receipt: str | None
    as_of: datetime


class InvoicePage(View):
    invoices: list[InvoiceView]
    next: str | None


class NewPayment(Words):
    """Who is to be asked: `msisdn` in international form with a plus sign; never shown again."""

    provider: Id = MOBILE_MONEY
    msisdn: Msisdn


class PaymentView(View):
    """A payment as far as it is known; `used_for` says what became of money that came."""

    id: UUID
    invoice: UUID
    provider: str
    amount: Amount
    status: PaymentStatus
    begun_at: datetime
    completed_at: datetime | None
    provider_ref: str | None
    used_for: UsedFor | None
    reason: str | None


class CallbackTaken(View):
    """The same answer to every readable callback: it proves nothing and tells nothing."""

    status: str = "taken"


class ReceiptView(View):
    """A signed receipt. `short_code` (number and 16 letters) is what fits a text message."""

    code: str
    number: int
    short_code: str
    invoice: UUID
    amount: Amount
    paid_at: datetime
    issued_at: datetime
    body: dict[str, object]
    key: str
    signature: str


class LedgerLine(View):
    """One line of the books: more than zero for debit. `tx` groups the lines of an entry."""

    tx: UUID
    kind: str
    account: str
    amount: Amount
    business_id: UUID
    provider: str | None
    provider_ref: str | None
    at: datetime


class LedgerPage(View):
    lines: list[LedgerLine]
    next: str | None


class Balance(View):
    account: str
    amount: Amount
    lines: int


class TrialBalance(View):
    """Every account's balance; `off` is what the books are out by, which is nothing."""

    balances: list[Balance]
    off: list[Amount]
    as_of: datetime


class StatementLine(View):
    """What moved a beneficiary's account: more than zero is owed to it, less was carried out."""

    at: datetime
    kind: str
    invoice: str | None
    amount: Amount


class Statement(View):
    """A beneficiary's statement for a time: what was owed before, what moved, what is owed now."""

    beneficiary: str
    since: datetime
    until: datetime
    currency: str
    opening: int
    received: int
    carried_out: int
    closing: int
    lines: list[StatementLine]
    next: str | None


class UnmatchedView(View):
    """Money that matches nothing, or that was taken back; `refund_due` to whoever sent it."""

    id: UUID
    payment: UUID
    invoice: str
    because: HeldBecause
    amount: Amount
    provider: str
    provider_ref: str | None
    refund_due: bool
    held_at: datetime


class UnmatchedPage(View):
    unmatched: list[UnmatchedView]
    next: str | None


class ShareLine(View):
    """One share of a posted payment, and how far it is carried out."""

    id: UUID
    invoice: str
    beneficiary: str
    amount: Amount
    mode: SplitMode
    status: ShareStatus
    posted_at: datetime
    ended_at: datetime | None


class SharePage(View):
    shares: list[ShareLine]
    next: str | None


class ScheduleView(View):
    """What the treasury was told to pay, as it was signed."""

    number: int
    body: dict[str, object]
    key: str
    signature: str
    issued_at: datetime
