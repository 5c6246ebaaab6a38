"""Warn an applicant that a paper is still missing, and of what follows when it does not come."""

from typing import Final

from chassis.unit_of_work import UnitOfWork
from contracts.command_args import PaperDue
from contracts.procedures import Ack
from kernel.commands import Command
from kernel.facts import PAPER_WARNED
from kernel.law.plan import Overdue
from kernel.log.leaf import instant
from services.licensing.casework import take_case
from services.licensing.desk import Desk
from services.licensing.domain.notices import day, said, to_applicant
from services.licensing.domain.papers import curable
from services.licensing.store.applications import Applications

WARNING: Final = {Overdue.LAPSE: "paper-or-lapse", Overdue.LOSE_PLACE: "paper-or-place"}


def warn_paper(work: UnitOfWork, desk: Desk, command: Command) -> Ack:
    """Warn once per due instant; where the paper came or its time has moved nobody is warned."""
    asked = PaperDue.model_validate(command.args)
    case = take_case(work, desk, command.application_id)
    awaited = curable(Applications(work.session).papers(case.id))
    paper = next((one for one in awaited if one.kind == asked.paper), None)
    if paper is None or paper.due_at != asked.due_at or paper.warned_at is not None:
        return Ack()
    if not case.application.open or paper.overdue is None:
        return Ack()
    paper.warned_at = work.now
    title = said(case.edition, case.edition.paper(paper.kind).title)
    until = day(asked.due_at, case.calendar(case.application.office))
    kind = WARNING.get(paper.overdue, "paper-missing")
    event = case.record(
        PAPER_WARNED,
        {"paper": paper.kind, "due_at": instant(asked.due_at)},
        to_applicant(case.application, kind, paper=title, until=until),
        leaf=False,
    )
    return Ack(seq=event.seq)
