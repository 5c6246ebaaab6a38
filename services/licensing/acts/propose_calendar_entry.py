"""Propose a calendar change: a holiday, a moratorium or an outage; another person approves."""

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.wire_appointments import NewCalendarEntry
from kernel.authority import Power
from services.licensing.desk import Desk
from services.licensing.domain.calendar_entry import CalendarEntry, must_be_complete

PROPOSED = "calendar.proposed"


def propose_calendar_entry(work: UnitOfWork, desk: Desk, new: NewCalendarEntry) -> CalendarEntry:
    """Raises NotAllowed, ChangeNotComplete, NoSuchLaw for an unknown office."""
    work.actor.must(Power.PROPOSE_CALENDAR, None, work.now)
    if new.office is not None:
        desk.law.edition_on(work.now).office(new.office)
    entry = CalendarEntry(
        id=work.new_id(),
        kind=new.kind,
        reason=new.reason,
        office=new.office,
        day=new.day,
        begins=new.begins,
        ends=new.ends,
        proposed_by=work.actor.person or "",
        proposed_at=work.now,
    )
    must_be_complete(entry)
    work.session.add(entry)
    work.session.flush()
    work.record(entry.id, PROPOSED, new.model_dump(mode="json"))
    return entry
