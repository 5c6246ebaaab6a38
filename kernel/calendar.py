"""Due instants: when a legal period ends, reckoned purely from its start, the law and a calendar.

Convention, as in ordinary interpretation statutes: the day of the event is not counted. A period
in days therefore ends at the same clock time n days later, or, where the office has a cut-off hour,
at that hour of the last day; an act after the cut-off counts as done on the next working day.
Lodged on Monday 2 March 2026 at 11:00, five working days end on Monday 9 March at 11:00.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Annotated, NamedTuple, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from kernel.spans import (
    DAY,
    NOTHING,
    Span,
    StandsStill,
    Works,
    add_months,
    advance,
    every_day,
    midnight,
    next_close,
    retreat,
    spent_between,
)

__all__ = [
    "Calendar",
    "DayShare",
    "Duration",
    "Outage",
    "StandsStill",
    "Suspension",
    "Unit",
    "add_months",
    "due",
    "elapsed",
    "remaining",
    "split_days",
    "warn_at",
]


class Unit(StrEnum):
    """What a period is counted in; months and years end on the anniversary (31 Jan: 28 Feb)."""

    WORKING_DAYS = "working-days"
    CALENDAR_DAYS = "calendar-days"
    HOURS = "hours"
    MONTHS = "months"
    YEARS = "years"


MONTHLY = frozenset({Unit.MONTHS, Unit.YEARS})
LONGEST = {
    Unit.WORKING_DAYS: 25_000,
    Unit.CALENDAR_DAYS: 73_000,
    Unit.HOURS: 876_000,
    Unit.MONTHS: 2_400,
    Unit.YEARS: 200,
}


class Duration(BaseModel):
    """A length of legal time, such as five working days; at most about two hundred years."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int = Field(ge=0)
    unit: Unit

    @model_validator(mode="after")
    def _is_reckonable(self) -> Self:
        if self.n > LONGEST[self.unit]:
            raise ValueError(f"at most {LONGEST[self.unit]} {self.unit}")
        return self

    def __str__(self) -> str:
        return f"{self.n} {self.unit}"


class Suspension(BaseModel):
    """Time in which a clock stands still: from `begins` until `ends` (None: not known yet)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begins: AwareDatetime
    ends: AwareDatetime | None = None
    reason: str

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends is not None and self.ends < self.begins:
            raise ValueError("it would end before it begins")
        return self


class Outage(BaseModel):
    """An entry of the public outage register; its end is foreseen, then corrected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begins: AwareDatetime
    ends: AwareDatetime
    reason: str

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends < self.begins:
            raise ValueError("it would end before it begins")
        return self


Ordered = TypeVar("Ordered", int, date)


def _in_order(values: tuple[Ordered, ...]) -> tuple[Ordered, ...]:
    return tuple(sorted(set(values)))


class Calendar(BaseModel):
    """The days and hours of one office, at one version; plain data, so that it can be engine state.

    `weekend` counts Monday as 1 and Sunday as 7. `cut_off` is the local closing hour.
    `ends_on_working_day` moves the end of a period in calendar days, months or years from a day off
    to the next working day; it needs a cut-off, the hour at which such a period then ends.
    An instant that falls into an outage, or within `outage_grace` after it, moves to `outage_grace`
    after its end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(default=1, ge=1)
    utc_offset_minutes: int = Field(default=0, ge=-14 * 60, le=14 * 60)
    weekend: Annotated[tuple[int, ...], AfterValidator(_in_order)] = (6, 7)
    holidays: Annotated[tuple[date, ...], AfterValidator(_in_order)] = ()
    cut_off: time | None = None
    ends_on_working_day: bool = False
    suspensions: tuple[Suspension, ...] = ()
    outages: tuple[Outage, ...] = ()
    outage_grace: Duration = Duration(n=1, unit=Unit.WORKING_DAYS)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not all(1 <= day <= 7 for day in self.weekend) or len(self.weekend) == 7:
            raise ValueError("weekend days are numbered 1 to 7, and one day at least is worked")
        if self.ends_on_working_day and self.cut_off is None:
            raise ValueError("periods can end on a working day only at a cut-off hour")
        if self.cut_off is not None and self.cut_off.tzinfo is not None:
            raise ValueError("the cut-off is a local hour, without an offset of its own")
        return self

    @property
    def zone(self) -> timezone:
        """The fixed offset from UTC."""
        return timezone(timedelta(minutes=self.utc_offset_minutes))

    def local(self, at: datetime) -> datetime:
        """The same instant on this office's wall clock; ValueError for one without an offset."""
        if at.utcoffset() is None:
            raise ValueError("an instant without its offset from UTC is no instant")
        return at.astimezone(self.zone)

    def works_on(self, day: date) -> bool:
        """Is it neither in the weekend nor a holiday?"""
        if day.isoweekday() in self.weekend:
            return False
        at = bisect_left(self.holidays, day)
        return at == len(self.holidays) or self.holidays[at] != day


class DayShare(NamedTuple):
    """The part of a span that lies on one local day; `time` is at most 24 hours."""

    day: date
    working: bool
    time: timedelta


def due(
    start: datetime, allowed: Duration, calendar: Calendar, stops: Sequence[Suspension] = ()
) -> datetime:
    """The instant at which a period that the event at `start` began is over, on the local clock.

    `stops` are the times for which this one clock was stopped, beside the calendar's suspensions.
    Later for a later start and a longer period, except that months differ in length. In working
    days never on a day off. Raises StandsStill when a suspension without an end comes first.
    """
    ends = _ends(start, allowed, calendar, _excluded(calendar, stops))
    return _past_outages(ends, allowed.unit, calendar)


def warn_at(ends: datetime, before: Duration, calendar: Calendar) -> datetime:
    """The instant that lies `before` ahead of a due instant, reckoned back over the same days."""
    at = calendar.local(ends)
    if before.unit in MONTHLY:
        return add_months(at, -_months(before))
    return retreat(at, _length(before), _works(before.unit, calendar))


def elapsed(
    start: datetime,
    now: datetime,
    calendar: Calendar,
    unit: Unit,
    stops: Sequence[Suspension] = (),
) -> timedelta:
    """How long the clock has run; a whole working day is 24 hours, a day off and a stop nothing."""
    until, begins = calendar.local(now), _counted_from(start, unit, calendar)
    excluded = _excluded(calendar, stops, until)
    return spent_between(begins, until, _works(unit, calendar), excluded)


def remaining(
    start: datetime,
    allowed: Duration,
    now: datetime,
    calendar: Calendar,
    stops: Sequence[Suspension] = (),
) -> timedelta:
    """How long the clock still has to run, if it runs (again) from now; nothing once it is due."""
    at, unit = calendar.local(now), allowed.unit
    excluded = _excluded(calendar, stops, at)
    ends = _past_outages(_ends(start, allowed, calendar, excluded), unit, calendar)
    return spent_between(at, ends, _works(unit, calendar), excluded)


def split_days(start: datetime, end: datetime, calendar: Calendar) -> tuple[DayShare, ...]:
    """The span cut at local midnights, for the day ledger; the parts add up to it exactly."""
    at, until, days = calendar.local(start), calendar.local(end), list[DayShare]()
    while at < until:
        night = min(midnight(at) + DAY, until)
        days.append(DayShare(at.date(), calendar.works_on(at.date()), night - at))
        at = night
    return tuple(days)


def _ends(
    start: datetime, allowed: Duration, calendar: Calendar, excluded: Sequence[Span]
) -> datetime:
    begins, unit = _counted_from(start, allowed.unit, calendar), allowed.unit
    if unit in MONTHLY:
        begins = advance(begins, NOTHING, every_day, excluded)
        length = add_months(begins, _months(allowed)) - begins
    else:
        length = _length(allowed)
    return _settled(advance(begins, length, _works(unit, calendar), excluded), unit, calendar)


def _works(unit: Unit, calendar: Calendar) -> Works:
    return calendar.works_on if unit is Unit.WORKING_DAYS else every_day


def _months(allowed: Duration) -> int:
    return allowed.n * (12 if allowed.unit is Unit.YEARS else 1)


def _length(allowed: Duration) -> timedelta:
    return timedelta(hours=allowed.n) if allowed.unit is Unit.HOURS else allowed.n * DAY


def _counted_from(start: datetime, unit: Unit, calendar: Calendar) -> datetime:
    """Hours run from the event; days from the close of its day, where offices close."""
    at = calendar.local(start)
    if unit is Unit.HOURS or calendar.cut_off is None:
        return at
    return next_close(at, calendar.cut_off, calendar.works_on)


def _settled(at: datetime, unit: Unit, calendar: Calendar) -> datetime:
    """The first instant from `at` at which a period in this unit may end."""
    if unit is Unit.HOURS:
        return at
    works = calendar.works_on if calendar.ends_on_working_day else _works(unit, calendar)
    if calendar.cut_off is not None:
        return next_close(at, calendar.cut_off, works)
    return advance(at, NOTHING, works, ())


def _past_outages(ends: datetime, unit: Unit, calendar: Calendar) -> datetime:
    for outage in sorted(calendar.outages, key=lambda one: (one.begins, one.ends)):
        if ends >= outage.begins:
            released = _ends(outage.ends, calendar.outage_grace, calendar, ())
            ends = max(ends, _settled(released, unit, calendar))
    return ends


def _excluded(
    calendar: Calendar, stops: Sequence[Suspension], until: datetime | None = None
) -> list[Span]:
    """When the clock does not run, in order; what has no end is taken to end at `until`."""
    spans = sorted((*calendar.suspensions, *stops), key=lambda one: one.begins)
    ends = (one.ends or (until and max(until, one.begins)) for one in spans)
    local, pairs = calendar.local, zip(spans, ends, strict=True)
    return [(local(one.begins), end and local(end)) for one, end in pairs if end != one.begins]
