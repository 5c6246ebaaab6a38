"""A step of a case: one question to one office, with its clock, who has it, and how it ended."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from contracts.licensing.language import Outcome, StepStatus
from kernel.calendar import Calendar, Duration
from kernel.law.plan import SilenceRule, StepKind, StepPlan
from kernel.log.leaf import instant
from kernel.problems import Problem
from kernel.term import Stop, Term

Json = dict[str, object]
APPLICANT = "applicant"


class StepNotOpen(Problem):
    """The step was answered, has lapsed, or its case has ended; the facts say which."""

    title = "This step awaits no answer"


def at_office(office: str) -> str:
    """The party of the day ledger that an office is."""
    return f"office:{office}"


class StepsNotOver(Problem):
    """What the law wants to know before has no answer yet."""

    title = "Steps that come before this are not over"


def must_be_over(before: Iterable[str], steps: Iterable["Step"]) -> None:
    """Raise StepsNotOver unless the newest round of each named step has ended; `steps`: all."""
    newest: dict[str, Step] = {}
    for one in steps:
        if one.step not in newest or one.round > newest[one.step].round:
            newest[one.step] = one
    waiting = [name for name in before if name not in newest or newest[name].pending]
    if waiting:
        raise StepsNotOver("They are answered first", steps=waiting)


@dataclass(eq=False, kw_only=True)
class Step:
    """One round of one step. `due_at` is None only while the clock stands still.

    `runs_from`, `allowed` and `stops` are the term that runs now, `silence` what follows when it
    runs out, `silence_stage` how often the time ran out in this round. `former_offices` had the
    step and let its time run out. `holdings` says whom the case waited for from when, as pairs of
    a party (`applicant`, `office:<id>`) and an instant; the last one ends with the step.
    """

    application_id: UUID
    step: str
    round: int
    kind: StepKind
    agency: str
    office: str
    status: StepStatus
    opened_at: datetime
    runs_from: datetime
    allowed: Json
    silence: SilenceRule
    stops: list[Json] = field(default_factory=list)
    due_at: datetime | None = None
    warn_at: datetime | None = None
    warned_at: datetime | None = None
    first_due_at: datetime | None = None
    stopped_seconds: int = 0
    silence_stage: int = 0
    former_offices: list[str] = field(default_factory=list)
    holdings: list[list[str]] = field(default_factory=list)
    visited_at: datetime | None = None
    occupants_notified_at: datetime | None = None
    invoice: UUID | None = None
    outcome: Outcome | None = None
    late: bool = False
    decided_at: datetime | None = None
    version: int = 1

    @property
    def pending(self) -> bool:
        """Whether an answer is still awaited."""
        return self.status in {StepStatus.OPEN, StepStatus.STOPPED}

    @property
    def office_at_work(self) -> str:
        """The party that the step waits for while its clock runs."""
        return APPLICANT if self.kind is StepKind.FEE else at_office(self.office)

    @property
    def offices_that_may_answer(self) -> tuple[str, ...]:
        """The one that is asked now, then those that let their time run out."""
        return (self.office, *self.former_offices)

    def term(self) -> Term:
        """The clock that runs now."""
        return Term(
            start=self.runs_from,
            allowed=Duration.model_validate(self.allowed),
            stops=tuple(Stop.model_validate(stop) for stop in self.stops),
        )

    def run(self, term: Term, law: StepPlan, calendar: Calendar) -> None:
        """Let `term` be the step's clock: its due instant and its warning follow from it."""
        self.runs_from, self.allowed = term.start, term.allowed.model_dump(mode="json")
        self.stops = [stop.model_dump(mode="json") for stop in term.stops]
        self.due_at = term.due(calendar)
        self.warn_at = term.warn_at(law.warn_before, calendar) if law.warn_before else None
        self.warned_at = None
        if self.silence_stage == 0 and self.due_at is not None:
            self.first_due_at = self.due_at

    def hold(self, party: str, since: datetime) -> None:
        """From now on the case waits for `party` at this step."""
        if not self.holdings or self.holdings[-1][0] != party:
            self.holdings = [*self.holdings, [party, instant(since)]]

    def resumed(self, at: datetime) -> None:
        """Count the time for which the clock has just stood."""
        stop = Stop.model_validate(self.stops[-1])
        self.stopped_seconds += max(0, int((at - stop.begins) / timedelta(seconds=1)))
        self.status = StepStatus.OPEN
        self.hold(self.office_at_work, at)

    def must_be_pending(self) -> None:
        """Raise StepNotOpen, with the present state, unless an answer is awaited."""
        if not self.pending:
            raise StepNotOpen("It has been answered or has ended", **self.told())

    def end(self, status: StepStatus, outcome: Outcome | None, at: datetime) -> None:
        """Nothing more is awaited at this step from `at` on."""
        self.status, self.outcome, self.decided_at = status, outcome, at

    def changed(self) -> None:
        """Count the change, so that older pages are recognised as stale."""
        self.version += 1

    def told(self) -> Json:
        """The present state, as refusals tell it."""
        return {
            "step": self.step,
            "round": self.round,
            "state": self.status.value,
            "office": self.office,
            "due_at": self.due_at and instant(self.due_at),
            "outcome": self.outcome and self.outcome.value,
        }
