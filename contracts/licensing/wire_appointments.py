"""Appointments and calendar changes on the wire: one person proposes, another approves."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.instants import Day, Instant
from contracts.licensing.language_cases import AppointmentStatus, CalendarChange
from contracts.licensing.wire import Id, Line, Person, View, Words
from kernel.authority import Power


class NewAppointment(Words):
    """`person` is `staff:<sub>`; left out, `since` is the instant of approval."""

    person: Person
    office: Id
    powers: list[Power] = Field(min_length=1, max_length=20)
    since: Instant | None = None
    until: Instant | None = None


class AppointmentView(View):
    id: UUID
    person: str
    agency: str
    office: str
    powers: list[str]
    since: AwareDatetime
    until: AwareDatetime | None
    status: AppointmentStatus
    proposed_by: str
    proposed_at: AwareDatetime
    approved_by: str | None
    approved_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    version: int


class AppointmentList(View):
    appointments: list[AppointmentView]
    next: str | None


class NewCalendarEntry(Words):
    """A holiday has a `day`, a suspension `begins` (and `ends`, once known), an outage both.

    `office` left out: the whole country.
    """

    kind: CalendarChange
    reason: Line
    office: Id | None = None
    day: Day | None = None
    begins: Instant | None = None
    ends: Instant | None = None


class CalendarEntryView(View):
    """`version` is None until it was approved."""

    id: UUID
    version: int | None
    kind: CalendarChange
    office: str | None
    day: date | None
    begins: AwareDatetime | None
    ends: AwareDatetime | None
    reason: str
    proposed_by: str
    proposed_at: AwareDatetime
    approved_by: str | None
    approved_at: AwareDatetime | None


class CalendarEntries(View):
    entries: list[CalendarEntryView]


class CalendarApproved(View):
    """The change in force, and how many open steps it gave another due instant."""

    entry: CalendarEntryView
    retimed: int
