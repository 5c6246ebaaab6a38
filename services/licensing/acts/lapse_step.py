"""Lapse a step: apply its silence rule when its time has run out and nobody has answered."""

from chassis.unit_of_work import UnitOfWork
from contracts.command_args import StepDue
from contracts.licensing.language import StepStatus
from contracts.procedures import LapseAnswer
from kernel.commands import Command
from kernel.law.plan import StepKind
from kernel.term import GRACE
from services.licensing.casework import take_case
from services.licensing.desk import Desk
from services.licensing.silence_kept import carry_out_lapse


def lapse_step(work: UnitOfWork, desk: Desk, command: Command) -> LapseAnswer:
    """Compare and set: acts only on the very due instant asked about, and 30 s after it at least.

    Too early, it says when to come; where the step was answered, moved or closed, where its clock
    stands, or where it is a fee (payments ask the provider first), the present state stands.
    """
    asked = StepDue.model_validate(command.args)
    case = take_case(work, desk, command.application_id)
    step = case.steps.find(case.id, asked.step, asked.round)
    if step is None or step.status is not StepStatus.OPEN or not case.application.open:
        return LapseAnswer()
    if step.due_at != asked.due_at or step.kind is StepKind.FEE:
        return LapseAnswer()
    if work.now < step.due_at + GRACE:
        return LapseAnswer(not_before=step.due_at + GRACE)
    return LapseAnswer(seq=carry_out_lapse(case, step).seq)
