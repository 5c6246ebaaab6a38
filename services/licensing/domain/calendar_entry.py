"""Changes of the calendar in mid-flight: a holiday, a moratorium, an outage, by two people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from contracts.licensing.language_cases import CalendarChange
from kernel.calendar import Calendar, Outage, Suspension
from kernel.problems import Malformed, Problem


class CalendarChangeSettled(Problem):
    """The change was approved before."""

    title = "This change of the calendar is in force already"


class ChangeNotComplete(Malformed):
    """A holiday has a day; a suspension a beginning; an outage a beginning and an end."""

    title = "The change of the calendar is not complete"


@dataclass(eq=False, kw_only=True)
class CalendarEntry:
    """One change, for one office or (None) the whole country. `version` counts approved ones."""

    id: UUID
    kind: CalendarChange
    reason: str
    proposed_by: str
    proposed_at: datetime
    office: str | None = None
    day: date | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    version: int | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None


def must_be_complete(entry: CalendarEntry) -> None:
    """Raise ChangeNotComplete unless the members its kind needs are there, and no others."""
    day, begins, ends = entry.day is not None, entry.begins is not None, entry.ends is not None
    complete = {
        CalendarChange.HOLIDAY: day and not begins and not ends,
        CalendarChange.SUSPENSION: begins and not day,
        CalendarChange.OUTAGE: begins and ends and not day,
    }[entry.kind]
    backwards = entry.begins and entry.ends and entry.ends < entry.begins
    if not complete or backwards:
        raise ChangeNotComplete("A day for a holiday; from and to for a suspension or an outage")


def with_entries(calendar: Calendar, entries: Iterable[CalendarEntry], office: str) -> Calendar:
    """The rulebook's calendar with the approved changes that concern an office."""
    here = list(_corrected(e for e in entries if e.office in (None, office)))
    if not here:
        return calendar
    holidays = {e.day for e in here if e.day is not None}
    suspensions = tuple(
        Suspension(begins=e.begins, ends=e.ends, reason=e.reason)
        for e in here
        if e.kind is CalendarChange.SUSPENSION and e.begins is not None
    )
    outages = tuple(
        Outage(begins=e.begins, ends=e.ends, reason=e.reason)
        for e in here
        if e.kind is CalendarChange.OUTAGE and e.begins is not None and e.ends is not None
    )
    return Calendar.model_validate(
        calendar.model_dump()
        | {
            "version": 1 + max(e.version or 0 for e in here),
            "holidays": (*calendar.holidays, *holidays),
            "suspensions": (*calendar.suspensions, *suspensions),
            "outages": (*calendar.outages, *outages),
        }
    )


def _corrected(entries: Iterable[CalendarEntry]) -> Iterable[CalendarEntry]:
    """A later change that begins when an earlier one of its kind does corrects that one's end."""
    newest: dict[object, CalendarEntry] = {}
    for entry in sorted(entries, key=lambda one: one.version or 0):
        newest[entry.kind, entry.office, entry.begins or entry.id] = entry
    return newest.values()
