"""Lapse a request: no reply came in time, and the office's clock runs on."""

from chassis.unit_of_work import UnitOfWork
from contracts.command_args import RequestDue
from contracts.licensing.language_cases import RequestStatus
from contracts.procedures import LapseAnswer
from kernel.commands import Command
from kernel.facts import INFORMATION_LAPSED
from kernel.term import GRACE
from services.licensing.casework import take_case
from services.licensing.desk import Desk
from services.licensing.resuming import resume_clock


def lapse_request(work: UnitOfWork, desk: Desk, command: Command) -> LapseAnswer:
    """Compare and set, 30 s after the reply was due; it counts from the instant it was due."""
    asked = RequestDue.model_validate(command.args)
    case = take_case(work, desk, command.application_id)
    step = case.steps.find(case.id, asked.step, asked.round)
    if step is None or not case.application.open:
        return LapseAnswer()
    request = case.steps.open_request(step)
    if request is None or (request.id, request.reply_due_at) != (asked.request, asked.due_at):
        return LapseAnswer()
    if work.now < asked.due_at + GRACE:
        return LapseAnswer(not_before=asked.due_at + GRACE)
    request.end(RequestStatus.LAPSED, asked.due_at)
    told = resume_clock(case, step, request, asked.due_at)
    event = case.record(INFORMATION_LAPSED, {**told, "effect": "resumed"}, legal_at=asked.due_at)
    case.keep_days(event.at)
    return LapseAnswer(seq=event.seq)
