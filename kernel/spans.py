"""Running time: spans in which a clock runs, and how far it gets; knows dates but no law."""

import calendar as gregorian
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

NOTHING = timedelta(0)
DAY = timedelta(days=1)
HORIZON = timedelta(days=366 * 400)

Span = tuple[datetime, datetime | None]
"""Time in which no clock runs; the end is None while nobody knows it."""

Works = Callable[[date], bool]
"""Is this a day on which the clock runs?"""


class StandsStill(ValueError):
    """A suspension without a known end stands before the due instant: there is none for now."""


def every_day(_: date) -> bool:
    """For clocks that do not rest on days off."""
    return True


def running(
    begins: datetime, works: Works, excluded: Sequence[Span]
) -> Iterator[tuple[datetime, datetime]]:
    """The spans from `begins` on in which the clock runs; `excluded` is ordered by beginning."""
    at, horizon = begins, begins + HORIZON
    if works is every_day:
        yield from _without(begins, horizon, excluded)
        return
    while at < horizon:
        night = midnight(at) + DAY
        if works(at.date()):
            yield from _without(at, night, excluded)
        at = night


def advance(
    begins: datetime, length: timedelta, works: Works, excluded: Sequence[Span]
) -> datetime:
    """The latest instant until which the clock has run for `length`."""
    for opens, closes in running(begins, works, excluded):
        if length < closes - opens:
            return opens + length
        length -= closes - opens
    raise StandsStill("the period does not end within four hundred years")


def spent_between(
    begins: datetime, until: datetime, works: Works, excluded: Sequence[Span]
) -> timedelta:
    """For how long the clock runs between the two instants."""
    spent = NOTHING
    for opens, closes in running(begins, works, excluded):
        if opens >= until:
            break
        spent += min(closes, until) - opens
    return spent


def retreat(ends: datetime, length: timedelta, works: Works) -> datetime:
    """The instant from which the clock runs for `length` until `ends`."""
    at = ends
    while True:
        opening = midnight(at - timedelta.resolution)
        worked = at - opening if works(opening.date()) else NOTHING
        if worked and worked >= length:
            return at - length
        length, at = length - worked, opening


def next_close(at: datetime, cut_off: time, works: Works) -> datetime:
    """The first closing hour, from `at` on, of a day that is worked."""
    day = at.date()
    if at.time() > cut_off:
        day += DAY
    while not works(day):
        day += DAY
    return datetime.combine(day, cut_off, at.tzinfo)


def add_months(at: datetime, months: int) -> datetime:
    """The anniversary; a day that the month does not have becomes its last."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    last = gregorian.monthrange(year, month + 1)[1]
    return at.replace(year=year, month=month + 1, day=min(at.day, last))


def midnight(at: datetime) -> datetime:
    """The beginning of the instant's day."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _without(
    opens: datetime, closes: datetime, excluded: Sequence[Span]
) -> Iterator[tuple[datetime, datetime]]:
    for begins, ends in excluded:
        if begins >= closes:
            break
        if opens < begins:
            yield opens, begins
        if ends is None:
            raise StandsStill("the clock is stopped and nobody knows until when")
        opens = max(opens, ends)
    if opens < closes:
        yield opens, closes
