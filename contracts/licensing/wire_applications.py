"""Applications on the wire: drafts, documents, lodgement with its receipt, and tracking."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.licensing.language import (
    Act,
    Origin,
    PaperState,
    ReceiptKind,
    Status,
)
from contracts.licensing.wire import Digest, Id, Person, Signed, View, Words
from kernel.law.plan import PaperWhen

EXACT: Final = 2**53 - 1  # the greatest whole number that every reader of JSON takes exactly
Answer = (
    Annotated[str, Field(max_length=2000)] | bool | Annotated[int, Field(ge=-EXACT, le=EXACT)]
)


class DraftContent(Words):
    """What the applicant has filled in; any of it may be missing until it is lodged.

    `minerals` are the rulebook's codes, `district` is for rights without ground, `answers` are the
    declarations a licence type asks for.
    """

    minerals: list[Id] = Field(default_factory=list, max_length=20)
    district: Id | None = None
    answers: dict[Id, Answer] = Field(default_factory=dict, max_length=100)


class NewDraft(DraftContent):
    """`applicant` only from an officer at the counter: the account that keeps control."""

    licence_type: Id
    procedure: Id = "new"
    party: UUID
    applicant: Person | None = None


class DocumentView(View):
    kind: str
    n: int
    media_type: str
    sha256: str
    size: int
    uploaded_at: datetime


class PaperView(View):
    kind: str
    when: PaperWhen
    state: PaperState
    due_at: datetime | None
    received_at: datetime | None


class ApplicationView(View):
    """An application as its applicant and its offices see it; `allowed`: what may be done now."""

    id: UUID
    code: str | None
    filing_seq: int | None
    licence_type: str
    procedure: str
    status: Status
    party: UUID
    holder: str
    helper: str | None
    office: str | None
    district: str | None
    minerals: list[str]
    answers: dict[str, object]
    hectares: Decimal | None
    units: int | None
    conditional: bool
    pay_by: datetime | None
    origin: Origin | None
    lodged_at: datetime | None
    not_before: datetime | None
    not_after: datetime | None
    edition: str | None
    licence_code: str | None
    closed_at: datetime | None
    closed_because: str | None
    documents: list[DocumentView]
    papers: list[PaperView]
    allowed: list[Act]
    version: int


class ApplicationLine(View):
    """One row of a list of applications."""

    id: UUID
    code: str | None
    licence_type: str
    status: Status
    holder: str
    office: str | None
    filing_seq: int | None
    lodged_at: datetime | None
    updated_at: datetime


class ApplicationPage(View):
    applications: list[ApplicationLine]
    next: str | None


class HeadSeen(Words):
    """The newest head of licensing's log that the client knows: it could not have filed before."""

    size: int = Field(ge=1)
    root: Digest


class Lodgement(Words):
    """`ground` is the cadastre's signed ground statement; rights without any ground carry none."""

    ground: Signed | None = None
    head_seen: HeadSeen | None = None


class ReceiptView(View):
    """A signed receipt. `short_code` (sequence and 16 letters) is what fits a text message."""

    kind: ReceiptKind
    short_code: str
    body: dict[str, object]
    key: str
    signature: str
    issued_at: datetime


class Lodged(View):
    """The answer to a lodgement. `pin` is shown here and never again."""

    application: UUID
    code: str
    filing_seq: int
    lodged_at: datetime
    conditional: bool
    pay_by: datetime | None
    pin: str
    receipt: ReceiptView


class Delivery(Words):
    """Hands in a paper after lodgement: its pages were put before as documents of that kind."""

    pages: list[Annotated[int, Field(ge=1, le=200)]] = Field(min_length=1, max_length=200)


class Withdrawal(Words):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class Track(Words):
    code: Annotated[str, Field(min_length=4, max_length=40)]
    pin: Annotated[str, Field(min_length=4, max_length=12)]


class TrackedStep(View):
    """One open step for the status sentence; days are working or calendar days as the law counts.

    `titles` and `office_name` hold the words by language; `if_late` names the silence rule.
    """

    step: str
    titles: dict[str, str]
    agency: str
    office: str
    office_name: dict[str, str]
    phone: str | None
    opened_at: datetime
    due_at: datetime | None
    day: int | None  # None while the clock is stopped
    of: int
    unit: str
    stopped: bool
    if_late: str
    if_late_office: str | None


class TrackedPaper(View):
    kind: str
    titles: dict[str, str]
    due_at: datetime | None


class Tracked(View):
    """Where a file stands, in data from which any language can say it."""

    code: str
    status: Status
    licence_type: str
    titles: dict[str, str]
    place: int
    lodged_at: datetime
    conditional: bool
    pay_by: datetime | None
    steps: list[TrackedStep]
    missing: list[TrackedPaper]
    licence_code: str | None
    as_of: datetime
    training: bool
