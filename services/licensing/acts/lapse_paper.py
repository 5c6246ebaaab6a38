"""Lapse a paper: it did not come in time, and what the law says of that follows by itself."""

from chassis.unit_of_work import UnitOfWork
from contracts.command_args import PaperDue
from contracts.procedures import LapseAnswer
from kernel.commands import Command
from kernel.term import GRACE
from services.licensing.casework import take_case
from services.licensing.desk import Desk
from services.licensing.domain.papers import curable
from services.licensing.overdue import carry_out_overdue
from services.licensing.store.applications import Applications


def lapse_paper(work: UnitOfWork, desk: Desk, command: Command) -> LapseAnswer:
    """Compare and set: acts only on the very due instant asked about, and 30 s after it at least.

    Too early, it says when to come; where the paper was handed in or its time has moved, where
    nothing follows, or where the case has ended, the present state stands.
    """
    asked = PaperDue.model_validate(command.args)
    case = take_case(work, desk, command.application_id)
    awaited = curable(Applications(work.session).papers(case.id))
    paper = next((one for one in awaited if one.kind == asked.paper), None)
    if paper is None or not paper.lapses or not case.application.open:
        return LapseAnswer()
    if paper.due_at != asked.due_at:
        return LapseAnswer()
    if work.now < asked.due_at + GRACE:
        return LapseAnswer(not_before=asked.due_at + GRACE)
    return LapseAnswer(seq=carry_out_overdue(case, paper).seq)
