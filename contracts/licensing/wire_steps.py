"""Steps on the wire: answers, requests for information, visits, papers and the inbox."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts.instants import Day
from contracts.licensing.language import Outcome, Status, StepStatus
from contracts.licensing.language_cases import DecisionForm, RequestStatus, StopReason
from contracts.licensing.wire import Digest, Id, View, Words
from kernel.law.plan import SilenceRule, StepKind

Reasons = Annotated[str, Field(min_length=1, max_length=4000)]
Given = Literal[Outcome.APPROVED, Outcome.REFUSED]


class _Decided(Words):
    """A refusal gives its reasons: who is refused must be able to appeal against something."""

    outcome: Given
    reasons: Reasons | None = None

    @model_validator(mode="after")
    def _a_refusal_has_reasons(self) -> Self:
        if self.outcome is Outcome.REFUSED and not (self.reasons or "").strip():
            raise ValueError("a refusal gives its reasons")
        return self


class DecisionMade(_Decided):
    """An officer's answer."""


class PaperDecisionMade(_Decided):
    """A decision signed on paper. `scan` is the SHA-256 of the file put before as the step's scan.

    `signatory` is one of the rulebook's, `signed_on` the local date on the paper.
    """

    signatory: Id
    signed_on: Day
    scan: Digest


class PaperConfirmation(Words):
    """The second person's answer: it says what was recorded, or not."""

    paper: UUID
    confirmed: bool = True


class RequestMade(Words):
    """What the office wants to know; its own clock stands until the reply."""

    reason: StopReason
    question: Annotated[str, Field(min_length=1, max_length=2000)]
    reply_days: Annotated[int, Field(ge=1, le=60)] = 14  # calendar days


class RepliedPage(Words):
    """A document that came before under this kind and number, named as part of the reply."""

    kind: Id
    n: Annotated[int, Field(ge=1, le=200)]


class ReplyGiven(Words):
    reply: Annotated[str, Field(min_length=1, max_length=4000)]
    pages: list[RepliedPage] = Field(default_factory=list, max_length=100)


class VisitMade(Words):
    """A visit to the ground: when, what was found; `people` counts those at work there."""

    visited_on: Day
    findings: Annotated[str, Field(min_length=1, max_length=4000)]
    people: Annotated[int, Field(ge=0, le=100_000)] = 0


class OccupantsTold(Words):
    """How those at work on the ground were notified, and in which languages."""

    told_on: Day
    how: Annotated[str, Field(min_length=1, max_length=2000)]
    people: Annotated[int, Field(ge=0, le=100_000)]
    languages: list[Annotated[str, Field(pattern="^[a-z]{2,3}$")]] = Field(
        min_length=1, max_length=20
    )


class HandOver(Words):
    """Another office of the same agency takes the step; its time runs on."""

    office: Id
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class StepView(View):
    """One round of one step. `version` goes into If-Match of whatever is done to it."""

    step: str
    round: int
    titles: dict[str, str]
    kind: StepKind
    agency: str
    office: str
    status: StepStatus
    opened_at: datetime
    due_at: datetime | None
    first_due_at: datetime | None
    warn_at: datetime | None
    silence: SilenceRule
    silence_stage: int
    former_offices: list[str]
    stopped_seconds: int
    visited_at: datetime | None
    occupants_notified_at: datetime | None
    invoice: UUID | None
    outcome: Outcome | None
    late: bool
    decided_at: datetime | None
    needs_visit: bool
    needs_occupants_notice: bool
    second_factor: bool
    from_paper: bool
    article: str
    version: int


class DecisionView(View):
    """An answer with its five instants.

    `person` and `recorded_by` are pseudonyms, shown to officers only; None when it is deemed.
    """

    step: str
    round: int
    form: DecisionForm
    outcome: Outcome
    office: str
    person: str | None
    recorded_by: str | None
    reasons: str | None
    article: str | None
    late: bool
    signatory: str | None
    scan: str | None
    made_at: datetime
    recorded_at: datetime
    published_at: datetime | None
    served_at: datetime | None
    effective_at: datetime


class PaperDecisionView(View):
    """A decision typed in from paper. Persons are pseudonyms, shown to officers only."""

    id: UUID
    step: str
    round: int
    outcome: Outcome
    signatory: str
    signed_on: date
    scan: str
    recorded_by: str | None
    recorded_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    rejected: bool


class RequestView(View):
    id: UUID
    step: str
    round: int
    office: str
    reason: StopReason
    question: str
    status: RequestStatus
    asked_at: datetime
    reply_due_at: datetime | None  # None while all clocks stand still
    reply: str | None
    ended_at: datetime | None


class Answered(View):
    """What a POST to a step answers with: the step as it is now, and what was written."""

    application: UUID
    step: StepView
    decision: DecisionView | None = None
    request: RequestView | None = None
    paper: PaperDecisionView | None = None


class ScanKept(View):
    """The scan's name: give it to the paper decision."""

    scan: Digest
    size: int
    media_type: str


class StepsView(View):
    """Everything that was asked and answered in a case; `waiting` steps have not opened yet."""

    application: UUID
    code: str
    status: Status
    steps: list[StepView]
    waiting: list[str]
    decisions: list[DecisionView]
    requests: list[RequestView]
    papers: list[PaperDecisionView]
    as_of: datetime


class InboxLine(View):
    """One step that awaits an answer."""

    application: UUID
    code: str
    licence_type: str
    holder: str
    step: str
    round: int
    kind: StepKind
    agency: str
    office: str
    status: StepStatus
    opened_at: datetime
    due_at: datetime | None
    overdue: bool
    silence_stage: int
    version: int


class Inbox(View):
    lines: list[InboxLine]
    next: str | None
    as_of: datetime


class HistoryEntry(View):
    """One fact of the case, as it stands in the journal; no personal data."""

    seq: int
    name: str
    at: datetime
    legal_at: datetime
    actor_kind: str
    payload: dict[str, object]
    log_index: int | None


class History(View):
    application: UUID
    code: str
    entries: list[HistoryEntry]
    next: int | None
