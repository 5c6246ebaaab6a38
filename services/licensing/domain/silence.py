"""Silence: what the law makes of a step whose time ran out without an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.licensing.language import Outcome, StepStatus
from kernel.calendar import Calendar
from kernel.law.plan import SilenceRule, StepPlan
from kernel.term import Term
from services.licensing.domain.step import Step

EXTENDED: Final = "extended"
ESCALATED: Final = "escalated"
OUTCOME_OF: Final = {
    SilenceRule.DEEMED_APPROVED: Outcome.DEEMED_APPROVED,
    SilenceRule.DEEMED_REFUSED: Outcome.DEEMED_REFUSED,
    SilenceRule.VOID: Outcome.UNPAID,
    SilenceRule.LAPSE: Outcome.UNPAID,
}


@dataclass(frozen=True, slots=True)
class Lapse:
    """What a lapse came to: `due_at` is its legal instant, `former` the office that was silent."""

    due_at: datetime
    rule: SilenceRule
    effect: str
    former: str
    outcome: Outcome | None


def may_lapse(step: Step, now: datetime) -> bool:
    """Whether the time of an open step is over; the grace is for the caller to judge."""
    return step.status is StepStatus.OPEN and step.due_at is not None and now > step.due_at


def lapse(step: Step, law: StepPlan, calendar: Callable[[str], Calendar]) -> Lapse:
    """Apply the step's silence rule as of its due instant. ValueError where nothing is due."""
    if step.due_at is None or step.status is not StepStatus.OPEN:
        raise ValueError("the time of this step is not running")
    due_at, rule, former = step.due_at, step.silence, step.office
    step.silence_stage += 1
    step.changed()
    if rule not in (SilenceRule.ESCALATE, SilenceRule.EXTEND):
        outcome = OUTCOME_OF.get(rule)
        step.end(StepStatus.LAPSED, outcome, due_at)
        return Lapse(due_at, rule, rule.value, former, outcome)
    effect = EXTENDED
    if rule is SilenceRule.ESCALATE and law.silence.to_office not in (None, former):
        effect = ESCALATED
        step.former_offices = [*step.former_offices, former]
        step.office = law.silence.to_office or former
        step.hold(step.office_at_work, due_at)
    step.silence = law.silence.then or rule
    further = Term(start=due_at, allowed=law.silence.extension or law.allowed)
    step.run(further, law, calendar(step.office))
    return Lapse(due_at, rule, effect, former, None)
