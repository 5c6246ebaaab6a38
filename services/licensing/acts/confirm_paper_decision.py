"""Confirm a paper decision: a second person compares it with the scan; then it takes effect."""

from datetime import datetime

from chassis.unit_of_work import UnitOfWork
from chassis.versions import must_match
from chassis.who import must_be_fresh
from contracts.licensing.language import Act
from contracts.licensing.language_cases import DecisionForm
from contracts.licensing.wire_steps import PaperConfirmation
from kernel.authority import Power, SecondPersonNeeded
from services.licensing.answering import Answer, answer
from services.licensing.at_step import AtStep
from services.licensing.casework import Casework, step_view, take_case
from services.licensing.desk import Desk
from services.licensing.domain.decision import Decision, PaperDecision
from services.licensing.domain.field import NoPaperWaits
from services.licensing.domain.step import Step

REJECTED = "paper-decision.rejected"


def confirm_paper_decision(
    work: UnitOfWork, desk: Desk, place: AtStep, given: PaperConfirmation, real_now: datetime
) -> tuple[Step, PaperDecision, Decision | None]:
    """Confirm or reject what another person recorded. Raises SecondPersonNeeded, NoPaperWaits.

    The decision counts from the date on the paper. Its time is judged like any answer's.
    """
    case = take_case(work, desk, place.ref)
    law = case.law(place.step)
    step = case.steps.take(case.id, law.id)
    _must_confirm(work, step)
    if law.second_factor:
        must_be_fresh(work.actor, real_now)
    must_match(place.seen, step.version, **step.told())
    case.application.must_allow(Act.CONFIRM_PAPER_DECISION)
    paper = _waiting(case, step, given)
    if not given.confirmed:
        paper.rejected = True
        step.changed()
        case.record(REJECTED, {**step_view(step), "paper": str(paper.id)})
        return step, paper, None
    paper.confirmed_by, paper.confirmed_at = work.actor.person, work.now
    made = answer(
        case,
        step,
        law,
        Answer(
            outcome=paper.outcome,
            form=DecisionForm.PAPER,
            reasons=paper.reasons,
            made_at=paper.signed_at,
            recorded_by=paper.recorded_by,
            signatory=paper.signatory,
            scan=paper.scan,
        ),
    )
    return step, paper, made


def _must_confirm(work: UnitOfWork, step: Step) -> None:
    """At the step's office, or one that let its time run out after the paper was recorded."""
    power = Power.CONFIRM_PAPER_DECISION
    if not any(work.actor.holds(power, one, work.now) for one in step.offices_that_may_answer):
        work.actor.must(power, step.office, work.now)


def _waiting(case: Casework, step: Step, given: PaperConfirmation) -> PaperDecision:
    """The paper that waits, unless it is the asker's own."""
    papers = [p for p in case.steps.papers(step) if p.id == given.paper]
    if not papers or papers[0].confirmed_at is not None or papers[0].rejected:
        raise NoPaperWaits("It was settled before, or never recorded")
    if case.work.actor.person == papers[0].recorded_by:
        raise SecondPersonNeeded("You recorded it yourself: a colleague confirms")
    return papers[0]
