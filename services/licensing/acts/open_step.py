"""Open a step: its office is asked, its clock runs, its due instant is reckoned and written."""

from datetime import datetime

from chassis.unit_of_work import UnitOfWork
from contracts.command_args import OpenStep
from contracts.licensing.language import Act, StepStatus
from contracts.procedures import Ack
from kernel.commands import Command
from kernel.facts import STEP_OPENED
from kernel.law.plan import StepKind, StepPlan
from kernel.log.leaf import instant
from kernel.term import Term
from services.licensing.casework import Casework, take_case, told_of_opening
from services.licensing.desk import Desk
from services.licensing.domain.step import Step, must_be_over


def open_step(work: UnitOfWork, desk: Desk, command: Command) -> Ack:
    """Open the step and round that the command names; one that is open or over stays as it is.

    A fee that follows a decision runs from the instant of the decision that the law names
    (`decision.offer_runs_from`), every other step from the instant the command names. Raises
    StepsNotOver where a step that comes before still waits for its answer.
    """
    asked = OpenStep.model_validate(command.args)
    case = take_case(work, desk, command.application_id)
    if asked.round <= case.steps.newest_round(case.id, asked.step):
        return Ack()
    case.application.must_allow(Act.OPEN_STEP)
    law = case.law(asked.step)
    must_be_over(law.after, case.steps.of_case(case.id))
    step = begin(case, law, asked.round, asked.opens_at)
    event = case.record(
        STEP_OPENED,
        {
            "step": step.step,
            "round": step.round,
            "kind": step.kind.value,
            "agency": step.agency,
            "office": step.office,
            "runs_from": instant(step.runs_from),
            "due_at": step.due_at and instant(step.due_at),
            "warn_at": step.warn_at and instant(step.warn_at),
        },
        told_of_opening(case, step),
        legal_at=asked.opens_at,
    )
    case.keep_days(event.at)
    return Ack(seq=event.seq)


def begin(case: Casework, law: StepPlan, round: int, opens_at: datetime) -> Step:
    """A new step, added to the session; its clock runs unless all clocks stand still."""
    start = max(opens_at, _offered(case, law) or opens_at)
    step = Step(
        application_id=case.id,
        step=law.id,
        round=round,
        kind=law.kind,
        agency=law.agency,
        office=law.office,
        status=StepStatus.OPEN,
        opened_at=opens_at,
        runs_from=start,
        allowed=law.allowed.model_dump(mode="json"),
        silence=law.silence.rule,
    )
    step.run(Term(start=start, allowed=law.allowed), law, case.calendar(law.office))
    step.hold(step.office_at_work, opens_at)
    case.work.session.add(step)
    return step


def _offered(case: Casework, law: StepPlan) -> datetime | None:
    """From when the time to take up an offer runs; None for steps that follow no decision."""
    decided = {s for s in law.after if case.plan.step(s).kind is StepKind.DECISION}
    if law.kind is not StepKind.FEE or not decided:
        return None
    which = case.edition.rules.decision.offer_runs_from
    offers = [d.instant(which) for d in case.steps.decisions(case.id) if d.step in decided]
    return max(offers, default=None)
