"""Decide a step: an officer answers the question that the case asked the office."""

from datetime import datetime

from chassis.unit_of_work import UnitOfWork
from chassis.versions import must_match
from chassis.who import must_be_fresh
from contracts.licensing.language_cases import DecisionForm
from contracts.licensing.wire_steps import DecisionMade
from services.licensing.answering import Answer, answer
from services.licensing.at_step import AtStep
from services.licensing.casework import take_case
from services.licensing.desk import Desk
from services.licensing.domain.decision import Decision, must_decide
from services.licensing.domain.step import Step


def decide_step(
    work: UnitOfWork,
    desk: Desk,
    place: AtStep,
    given: DecisionMade,
    real_now: datetime,
) -> tuple[Step, Decision]:
    """Answer a step as it was seen.

    Where the rulebook wants a second factor for this step it must have been given within ten
    minutes of real time. An answer after the due instant is judged by the silence rule.
    """
    case = take_case(work, desk, place.ref)
    law = case.law(place.step)
    step = case.steps.take(case.id, law.id)
    must_decide(step, law, work.actor, work.now)
    if law.second_factor:
        must_be_fresh(work.actor, real_now)
    must_match(place.seen, step.version, **step.told())
    made = answer(
        case,
        step,
        law,
        Answer(outcome=given.outcome, form=DecisionForm.DIRECT, reasons=given.reasons),
    )
    return step, made
