"""Warn a step's office that its time is about to run out."""

from chassis.unit_of_work import UnitOfWork
from contracts.command_args import StepDue
from contracts.licensing.language import StepStatus
from contracts.procedures import Ack
from kernel.commands import Command
from kernel.facts import STEP_WARNED
from kernel.log.leaf import instant
from services.licensing.casework import step_view, take_case
from services.licensing.desk import Desk
from services.licensing.domain.case_notices import step_warned


def warn_step(work: UnitOfWork, desk: Desk, command: Command) -> Ack:
    """Warn once per due instant; where the step was answered or moved nobody is warned."""
    asked = StepDue.model_validate(command.args)
    case = take_case(work, desk, command.application_id)
    step = case.steps.find(case.id, asked.step, asked.round)
    if step is None or step.status is not StepStatus.OPEN or not case.application.open:
        return Ack()
    if step.due_at != asked.due_at or step.warned_at is not None:
        return Ack()
    law = case.law(step.step)
    step.warned_at = work.now
    event = case.record(
        STEP_WARNED,
        {**step_view(step), "due_at": instant(step.due_at), "office": step.office},
        step_warned(
            case.application,
            law,
            case.edition,
            step.office,
            step.silence,
            step.due_at,
            case.calendar(step.office),
        ),
        leaf=False,
    )
    return Ack(seq=event.seq)
