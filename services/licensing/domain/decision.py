"""Decisions: what was answered, by whom, in which form, and the five instants of an answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from contracts.licensing.language import Outcome
from contracts.licensing.language_cases import DecisionForm
from kernel.authority import Actor, Power
from kernel.calendar import Calendar
from kernel.law.plan import Plan, StepKind, StepPlan
from kernel.law.schema import DecisionRules, Instant
from kernel.problems import NotAllowed, Problem
from kernel.term import Term
from services.licensing.domain.step import Step


class TakesNoPart(NotAllowed):
    """Applicants, members and people with an interest decide nothing in their own case."""

    title = "You have an interest in this case and take no part in it"


class AnsweredBefore(NotAllowed):
    """The rulebook wants two different people for these two steps."""

    title = "You answered a step of this case that does not go together with this one"


class VisitNeeded(Problem):
    """No approval before the ground was visited and the visit recorded."""

    title = "The ground must be visited first"


class OccupantsNotTold(Problem):
    """No approval before those at work on the ground were notified."""

    title = "Those at work on the ground must be notified first"


class AnsweredBySilence(Problem):
    """The time ran out, and the law took the silence for an answer; it came too late."""

    title = "The time was over and the law answered in your place"


class NotAnAnswer(Problem):
    """A fee is paid, not decided."""

    title = "This step is not answered by an office"


@dataclass(eq=False, kw_only=True)
class Decision:
    """One answer of one round. `person` is None when it is deemed; `recorded_by` typed a paper in.

    `made_at`: signed or given; `recorded_at`: committed; `published_at`: open to everybody;
    `served_at`: told to the applicant, or deemed so; `effective_at`: from when it counts. Service
    has no instant where all clocks stand still and nobody knows for how long.
    """

    id: UUID
    application_id: UUID
    step: str
    round: int
    form: DecisionForm
    outcome: Outcome
    office: str
    made_at: datetime
    recorded_at: datetime
    effective_at: datetime
    person: str | None = None
    recorded_by: str | None = None
    reasons: str | None = None
    article: str | None = None
    late: bool = False
    signatory: str | None = None
    scan: str | None = None
    published_at: datetime | None = None
    served_at: datetime | None = None
    log_index: int | None = None

    def instant(self, which: Instant) -> datetime:
        """One of the five, falling back on the recording where it has not come to pass."""
        found: datetime | None = getattr(self, f"{which.value}_at")
        return found or self.recorded_at


@dataclass(eq=False, kw_only=True)
class PaperDecision:
    """A decision signed on paper, typed in by one person; without effect until another confirms."""

    id: UUID
    application_id: UUID
    step: str
    round: int
    outcome: Outcome
    signatory: str
    signed_on: date
    signed_at: datetime
    scan: str
    recorded_by: str
    recorded_at: datetime
    reasons: str | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    rejected: bool = False


def instants(
    decision: Decision, rules: DecisionRules, calendar: Calendar, *, public: bool
) -> Decision:
    """Set when it is published, served and effective, as the rulebook says."""
    decision.published_at = decision.recorded_at if public else None
    decision.served_at = Term(start=decision.recorded_at, allowed=rules.served_after).due(calendar)
    decision.effective_at = decision.instant(rules.effective_from)
    return decision


def powers_for(law: StepPlan) -> tuple[Power, ...]:
    """What somebody must hold at the step's office to answer it."""
    if law.kind is StepKind.DECISION:
        return Power.DECIDE_STEP, Power.APPROVE_GRANT
    return (Power.DECIDE_STEP,)


def must_be_for_an_office(law: StepPlan) -> None:
    """Raise NotAnAnswer for a fee: its time is that of its invoice, and only paying ends it."""
    if law.kind is StepKind.FEE:
        raise NotAnAnswer("A fee is settled by paying it")


def must_decide(step: Step, law: StepPlan, actor: Actor, now: datetime) -> str:
    """The office for which the actor may answer: the step's own, or one that let its time run out.

    Raises NotAllowed, NotAnAnswer.
    """
    must_be_for_an_office(law)
    for office in step.offices_that_may_answer:
        if all(actor.holds(power, office, now) for power in powers_for(law)):
            return office
    for power in powers_for(law):
        actor.must(power, step.office, now)
    raise NotAllowed("This needs all these powers at one office", office=step.office)


def must_be_uninvolved(person: str | None, interested: Collection[str]) -> None:
    """Raise TakesNoPart for the applicant, a member, or anybody with a declared interest."""
    if person is None or person in interested:
        raise TakesNoPart("Hand it over to a colleague")


def must_be_compatible(
    law: StepPlan, plan: Plan, answered: Collection[tuple[str, str]], person: str
) -> None:
    """`answered`: (step, person) of the case so far. Raises AnsweredBefore.

    Beside the pairs that the rulebook names, and whatever it says: who prepared a grant for the
    deciding agency does not decide on it.
    """
    own = {s for s, who in answered if who == person}
    clash = sorted(own & {*law.incompatible_with, *prepared(law, plan)})
    if clash:
        raise AnsweredBefore("A colleague must answer this one", steps=clash)


def prepared(law: StepPlan, plan: Plan) -> set[str]:
    """The questions that the deciding agency itself answers on the way to a decision."""
    if law.kind is not StepKind.DECISION:
        return set()
    questions = (step for step in plan.steps if step.kind is StepKind.QUESTION)
    return {step.id for step in questions if step.agency == law.agency}


def must_have_seen(step: Step, law: StepPlan, outcome: Outcome) -> None:
    """Raise VisitNeeded or OccupantsNotTold where an approval wants either."""
    if outcome is not Outcome.APPROVED:
        return
    if law.needs_visit and step.visited_at is None:
        raise VisitNeeded("Record the visit, then approve", article=law.article)
    if law.needs_occupants_notice and step.occupants_notified_at is None:
        raise OccupantsNotTold("Record the notice, then approve", article=law.article)
