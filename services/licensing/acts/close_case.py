"""Close a case: nothing more is awaited, its end stands in the journal, people are told."""

from datetime import datetime
from typing import Final

from chassis.unit_of_work import UnitOfWork
from contracts.command_args import CloseCase
from contracts.licensing.language import Act, Status, StepStatus
from contracts.licensing.language_cases import RequestStatus
from contracts.procedures import Ack
from kernel.commands import Command
from kernel.facts import CASE_CLOSED
from kernel.law.said import DAY_OPEN
from kernel.term import Term
from services.licensing.casework import Casework, take_case
from services.licensing.desk import Desk
from services.licensing.domain.notices import Notice, day, said, to_applicant
from services.licensing.domain.status import CLOSED

PAPER: Final = "paper:"  # what the reason of an end by a missing paper begins with
TOLD: Final = {Status.LAPSED: "application-lapsed", Status.VOID: "application-void"}


def close_case(work: UnitOfWork, desk: Desk, command: Command) -> Ack:
    """End the case once. A case that ended in another way meanwhile keeps that end."""
    asked = CloseCase.model_validate(command.args)
    case = take_case(work, desk, command.application_id)
    application = case.application
    if application.wound_up:
        return Ack()
    application.must_allow(Act.CLOSE_CASE)
    if application.status not in CLOSED:
        application.close(Status(asked.status), asked.reason, work.now)
    application.wound_up = True
    event = case.record(
        CASE_CLOSED,
        {"status": application.status.value, "reason": asked.reason},
        _notices(case),
        legal_at=min(command.at, work.now),
    )
    _close_steps(case, event.at)
    case.keep_days(application.closed_at or event.at)
    return Ack(seq=event.seq)


def _close_steps(case: Casework, at: datetime) -> None:
    for step in case.steps.pending(case.id):
        request = case.steps.open_request(step)
        if request is not None:
            request.end(RequestStatus.MOOT, at)
        step.end(StepStatus.CLOSED, None, at)
        step.due_at = step.warn_at = None
        step.changed()


def _notices(case: Casework) -> list[Notice]:
    application = case.application
    paper = (application.closed_because or "").removeprefix(PAPER)
    if application.status is Status.LAPSED and paper != application.closed_because:
        title = said(case.edition, case.edition.paper(paper).title)
        return to_applicant(application, "paper-lapsed", paper=title)
    if application.status in TOLD:
        more = {"seq": str(application.filing_seq)} if application.status is Status.VOID else {}
        return to_applicant(application, TOLD[application.status], **more)
    if application.status is not Status.REFUSED:
        return []
    rules = case.edition.rules.decision
    calendar = case.calendar(application.office)
    served = [d.instant(rules.appeal_runs_from) for d in case.steps.decisions(case.id)]
    appeal = Term(start=max(served, default=case.work.now), allowed=rules.appeal_within)
    ends = appeal.due(calendar)
    until = day(ends, calendar) if ends is not None else said(case.edition, DAY_OPEN)
    return to_applicant(application, "application-refused", until=until)
