"""Approve a calendar change: it is in force, and every open step is given its new due instant."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import StepStatus
from kernel.authority import Power
from kernel.facts import STEP_RETIMED
from kernel.log.leaf import instant
from services.licensing.casework import Casework, step_view, take_case
from services.licensing.desk import Desk
from services.licensing.domain.calendar_entry import CalendarChangeSettled, CalendarEntry
from services.licensing.domain.decision import SecondPersonNeeded
from services.licensing.domain.step import Step
from services.licensing.store.calendars import Calendars
from services.licensing.store.steps import Steps

APPROVED = "calendar.approved"


def approve_calendar_entry(work: UnitOfWork, desk: Desk, entry: UUID) -> tuple[CalendarEntry, int]:
    """The change, and how many open steps it retimed. Raises SecondPersonNeeded.

    All its cases are locked first, in the order of their ids, and the log's head after them: the
    order in which every other act locks them.
    """
    work.actor.must(Power.APPROVE_CALENDAR, None, work.now)
    calendars = Calendars(work.session)
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
    """Give each running step of a case the due instant it now has; a fee's invoice follows it."""
    moved = 0
    for step in case.steps.pending(case.id):
        running = step.status is StepStatus.OPEN
        if running and change.office in (None, step.office) and _moves(case, step):
            moved += 1
            case.record(
                STEP_RETIMED,
                {
                    **step_view(step),
                    "calendar": change.version,
                    "due_at": step.due_at and instant(step.due_at),
                    "warn_at": step.warn_at and instant(step.warn_at),
                },
            )
    return moved


def _moves(case: Casework, step: Step) -> bool:
    before, warned = step.due_at, step.warned_at
    step.run(step.term(), case.law(step.step), case.calendar(step.office))
    if step.due_at == before:
        step.warned_at = warned
        return False
    step.changed()
    return True
