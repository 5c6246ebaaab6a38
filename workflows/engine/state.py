"""What the engine knows of one case: folded from its journal, never edited from outside."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from uuid import UUID

from kernel.law.plan import Plan, StepKind

KEPT_NOTES = 100
AWAITS_PAPERS = "awaits-papers"  # an issuance that was refused until every curable paper is there


class StepStatus(StrEnum):
    WAITING = "waiting"  # for the steps it comes after, or for its opening to be recorded
    OPEN = "open"
    STOPPED = "stopped"  # its clock stands: information was asked for
    DONE = "done"
    SKIPPED = "skipped"  # the case ended before it did


class AreaStatus(StrEnum):
    NONE = "none"
    ASKED = "asked"
    ENTERED = "entered"
    GRANTED = "granted"
    CONFIRMED = "confirmed"
    RELEASED = "released"


class InvoiceStatus(StrEnum):
    NONE = "none"
    ASKED = "asked"
    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    VOIDED = "voided"


@dataclass(slots=True)
class Request:
    """Information asked for; `ordinal` counts the requests of the step's round from 1."""

    id: str
    ordinal: int
    reply_due_at: datetime | None
    ask_at: datetime | None  # when to propose its lapse next; None while that is being asked
    attempt: int = 0
    moved: int = 0  # how often its due instant has

    def copy(self) -> "Request":
        return replace(self)


@dataclass(slots=True)
class PaperState:
    """A curable paper that is still missing. `timing` counts the due instants it has had."""

    id: str
    lapses: bool = False  # something follows by itself when it does not come in time
    due_at: datetime | None = None
    warn_at: datetime | None = None
    warned: bool = False
    timing: int = 0
    ask_at: datetime | None = None  # when to propose its lapse next; None while that is being asked
    attempt: int = 0

    def copy(self) -> "PaperState":
        return PaperState(*_paper_values(self))


@dataclass(slots=True)
class StepState:
    """One step in its present round. `timing` counts the due instants the round has had so far."""

    id: str
    fee: bool = False  # its time runs out at payments, not here
    status: StepStatus = StepStatus.WAITING
    round: int = 1
    asked: bool = False  # its opening was asked for
    office: str | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None
    warned: bool = False
    timing: int = 0
    ask_at: datetime | None = None  # when to propose its lapse next; None while that is being asked
    attempt: int = 0  # lapses proposed for the present due instant
    requested: int = 0
    requests: tuple[Request, ...] = ()
    invoice: InvoiceStatus = InvoiceStatus.NONE
    invoice_id: str | None = None
    outcome: str | None = None
    done_at: datetime | None = None

    def copy(self) -> "StepState":
        return StepState(*_step_values(self))

    @property
    def over(self) -> bool:
        return self.status is StepStatus.DONE or self.status is StepStatus.SKIPPED


@dataclass(frozen=True, slots=True)
class Lodgement:
    """What the lodgement said; `at` is its legal instant."""

    code: str
    filing_seq: int
    at: datetime
    has_ground: bool
    minerals: tuple[str, ...] = ()

    def at_place(self, filing_seq: int) -> "Lodgement":
        """The same with another place in the sequence."""
        return Lodgement(self.code, filing_seq, self.at, self.has_ground, self.minerals)


@dataclass(slots=True)
class CaseState:
    """A case as its journal up to `last_seq` tells it.

    Treat as immutable: `advance` answers a new state and leaves the old one alone. `ordinals`
    counts the commands asked for, by `subject:round:operation`.
    """

    application: UUID
    steps: dict[str, StepState]
    papers: dict[str, PaperState] = field(default_factory=dict)
    last_seq: int = 0
    newest_at: datetime | None = None  # the recorded instant of the newest fact
    lodgement: Lodgement | None = None
    conditional: bool = False  # the place in the sequence counts only once it is paid for
    area: AreaStatus = AreaStatus.NONE
    issuance: str | None = None  # the one under way, until certificate and ground are settled
    issuance_round: int = 0
    licence_code: str | None = None
    certified: bool = False
    closing: str | None = None  # the status asked for
    closed: str | None = None  # the status recorded
    notices_under_way: int = 0
    ordinals: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @classmethod
    def new(cls, plan: Plan, application: UUID) -> "CaseState":
        """The state before the first fact."""
        steps = {
            law.id: StepState(law.id, fee=law.kind is StepKind.FEE, office=law.office)
            for law in plan.steps
        }
        return cls(application, steps)

    def copy(self) -> "CaseState":
        new = CaseState(*_case_values(self))
        new.steps = self.steps.copy()
        new.papers = self.papers.copy()
        new.ordinals = self.ordinals.copy()
        return new

    @property
    def ended(self) -> bool:
        """Nothing more is to be proposed: the end was asked for or recorded."""
        return self.closed is not None or self.closing is not None

    @property
    def open_steps(self) -> tuple[str, ...]:
        """Steps that an office or the applicant is at, in the order of the plan."""
        at_work = (StepStatus.OPEN, StepStatus.STOPPED)
        return tuple(step.id for step in self.steps.values() if step.status in at_work)

    @property
    def settled(self) -> bool:
        """Closed, and nothing that the closing set going is still to be reported."""
        if self.closed is None or self.notices_under_way > 0:
            return False
        if self.closed == "granted":
            return self.certified and self.area in _GIVEN_BACK_OR_HELD
        return self.area in (AreaStatus.NONE, AreaStatus.RELEASED)


_GIVEN_BACK_OR_HELD = (AreaStatus.NONE, AreaStatus.CONFIRMED, AreaStatus.RELEASED)
_STEP_FIELDS = tuple(StepState.__dataclass_fields__)
_PAPER_FIELDS = tuple(PaperState.__dataclass_fields__)
_CASE_FIELDS = tuple(CaseState.__dataclass_fields__)
_paper_values = attrgetter(*_PAPER_FIELDS)
_step_values, _case_values = attrgetter(*_STEP_FIELDS), attrgetter(*_CASE_FIELDS)


def dump(state: CaseState) -> dict[str, object]:
    """The state as plain JSON, for operators and golden tests. It holds no personal data."""
    told: dict[str, object] = {
        name: _plain(getattr(state, name)) for name in _CASE_FIELDS if name not in _NESTED
    }
    lodgement = state.lodgement
    told["code"] = lodgement.code if lodgement else None
    told["filing_seq"] = lodgement.filing_seq if lodgement else None
    told["steps"] = {step.id: dict(_dump_step(step)) for step in state.steps.values()}
    told["papers"] = {
        paper.id: {name: _plain(getattr(paper, name)) for name in _PAPER_FIELDS if name != "id"}
        for paper in state.papers.values()
    }
    return told


_NESTED = ("steps", "papers", "lodgement", "ordinals")


def _dump_step(step: StepState) -> Iterator[tuple[str, object]]:
    for name in _STEP_FIELDS:
        if name == "requests":
            yield name, [{r.id: _plain(r.reply_due_at)} for r in step.requests]
        elif name != "id":
            yield name, _plain(getattr(step, name))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | None) else str(value)
