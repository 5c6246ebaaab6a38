"""Periods as people ask for them: local days, the last one not counted, and their instants."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import Depends, Query

from chassis.counting import Counted
from chassis.unit_of_work import ReadWork
from contracts.instants import Day
from contracts.licensing.language_figures import FORMULAS, Figure
from kernel.problems import Malformed
from services.licensing.desk import Desk
from services.licensing.routes.at_desk import AtDesk

YEAR: Final = timedelta(days=366)
AtDay = Annotated[Day | None, Query(description="local date")]


class PeriodNotReadable(Malformed):
    """A period begins before it ends and is no longer than ten years."""

    title = "This is not a period"


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from `begins` on and before `ends`; `since` and `until` are their instants."""

    begins: date
    ends: date
    since: datetime
    until: datetime


def period_of(desk: Desk, begins: date, ends: date) -> Period:
    """The period of these days. Raises PeriodNotReadable."""
    if not timedelta(0) < ends - begins <= 10 * YEAR:
        raise PeriodNotReadable("Name a beginning before the end, at most ten years apart")
    return Period(begins, ends, midnight(desk, begins), midnight(desk, ends))


def midnight(desk: Desk, day: date) -> datetime:
    """When a local day begins."""
    zone = desk.law.calendar(desk.law.country.newest, None).zone
    return datetime.combine(day, time(0), zone)


def last_year(work: ReadWork, desk: AtDesk, begins: AtDay = None, ends: AtDay = None) -> Period:
    """The period asked for; by default the year up to today. Raises PeriodNotReadable."""
    last = ends or desk.law.today(work.now) + timedelta(days=1)
    return period_of(desk, begins or last - YEAR, last)


AtPeriod = Annotated[Period, Depends(last_year)]


def counted(figure: Figure, period: Period | None = None) -> Counted:
    """What is counted, with its formula."""
    return Counted(figure, FORMULAS[figure], (period.begins, period.ends) if period else None)
