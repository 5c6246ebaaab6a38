"""Approve a calendar change: it is in force, and all that runs is given its new due instant."""

from datetime import datetime
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import StepStatus
from kernel.authority import Power, SecondPersonNeeded
from kernel.facts import INFORMATION_RETIMED, PAPER_RETIMED, STEP_RETIMED
from kernel.log.leaf import instant
from services.licensing.casework import Casework, step_view, take_case, told_of_opening
from services.licensing.desk import Desk
from services.licensing.domain.calendar_entry import CalendarChangeSettled, CalendarEntry
from services.licensing.domain.step import Step
from services.licensing.store.applications import Applications
from services.licensing.store.calendars import Calendars
from services.licensing.store.steps import Steps

APPROVED = "calendar.approved"


def approve_calendar_entry(work: UnitOfWork, desk: Desk, entry: UUID) -> tuple[CalendarEntry, int]:
    """The change, and how many steps, requests and papers it retimed. Raises SecondPersonNeeded.

    It waits for every act that reckons times, and those that begin meanwhile wait for it. All its
    cases are locked first, in the order of their ids, and the log's head after them: the order in
    which every other act locks them.
    """
    work.actor.must(Power.APPROVE_CALENDAR, None, work.now)
    calendars = Calendars(work.session)
    calendars.change()
    change = calendars.take(entry)
    if change.version is not None:
        raise CalendarChangeSettled("It was approved before", version=change.version)
    if work.actor.person in (None, change.proposed_by):
        raise SecondPersonNeeded("Somebody else approves what you proposed")
    change.version = calendars.next_version()
    change.approved_by, change.approved_at = work.actor.person, work.now
    work.session.flush()
    cases = [take_case(work, desk, case) for case in Steps(work.session).pending_cases()]
    retimed = sum(_retime(case, change) for case in cases)
    told = {"version": change.version, "kind": change.kind.value, "retimed": retimed}
    work.record(change.id, APPROVED, told)
    return change, retimed


def _retime(case: Casework, change: CalendarEntry) -> int:
    """Give all that runs in a case the due instant it now has; a fee's invoice follows its step."""
    moved = 0
    for step in case.steps.pending(case.id):
        if change.office not in (None, step.office):
            continue
        if step.status is StepStatus.OPEN:
            moved += _retime_step(case, change, step)
        else:
            moved += _retime_request(case, change, step)
    if change.office in (None, case.application.office):
        moved += _retime_papers(case, change)
    return moved


def _retime_step(case: Casework, change: CalendarEntry, step: Step) -> bool:
    law, before, warned = case.law(step.step), step.due_at, step.warned_at
    step.run(step.term(), law, case.calendar(step.office))
    if step.due_at == before:
        step.warned_at = warned
        return False
    step.changed()
    if law.conditional and case.application.conditional:
        told_before = case.application.pay_by or step.due_at
        case.application.pay_by = step.due_at and told_before and max(told_before, step.due_at)
    told = {**step_view(step), **_told(change, step.due_at, step.warn_at)}
    opened = told_of_opening(case, step) if before is None else []
    case.record(STEP_RETIMED, told, opened)
    return True


def _retime_request(case: Casework, change: CalendarEntry, step: Step) -> bool:
    request = case.steps.open_request(step)
    if request is None:
        return False
    before = request.reply_due_at
    request.run(case.calendar(step.office))
    if not _is_longer(before, request.reply_due_at):
        request.reply_due_at = before
        return False
    reply = request.reply_due_at and instant(request.reply_due_at)
    told = {"request": str(request.id), "calendar": change.version, "reply_due_at": reply}
    case.record(INFORMATION_RETIMED, {**step_view(step), **told})
    return True


def _retime_papers(case: Casework, change: CalendarEntry) -> int:
    moved, lodged_at = 0, case.application.lodged_at
    wanted = {one.kind: one for one in case.plan.papers}
    for paper in Applications(case.work.session).papers(case.id):
        if not paper.awaited or lodged_at is None:
            continue
        before = (paper.due_at, paper.warn_at, paper.warned_at)
        paper.run(lodged_at, wanted[paper.kind], case.calendar(case.application.office))
        if not _is_longer(before[0], paper.due_at):
            paper.due_at, paper.warn_at, paper.warned_at = before
            continue
        moved += 1
        case.record(PAPER_RETIMED, {**paper.told(), "calendar": change.version})
    return moved


def _is_longer(before: datetime | None, after: datetime | None) -> bool:
    """Who has been told a day is never given less: a time that would end earlier stays."""
    return before != after and (before is None or after is None or after > before)


def _told(
    change: CalendarEntry, due_at: datetime | None, warn_at: datetime | None
) -> dict[str, object]:
    return {
        "calendar": change.version,
        "due_at": due_at and instant(due_at),
        "warn_at": warn_at and instant(warn_at),
    }
