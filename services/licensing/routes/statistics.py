"""Statistics: how long steps take, where the days go, what waits; from the register's own rows."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from chassis.problem_json import answers
from chassis.unit_of_work import ReadWork
from chassis.who import STAFF, asks
from contracts.instants import Day
from contracts.licensing import wire_statistics as wire
from kernel.authority import Power
from kernel.problems import Malformed
from services.licensing.desk import Desk
from services.licensing.routes.at_desk import AtDesk
from services.licensing.store import statistics

router = APIRouter(prefix="/statistics", tags=["statistics"])
YEAR = timedelta(days=366)
AtDay = Annotated[Day | None, Query(description="local date")]


class PeriodNotReadable(Malformed):
    """A period begins before it ends and is no longer than ten years."""

    title = "This is not a period"


def period(
    desk: Desk, now: datetime, begins: date | None, ends: date | None
) -> tuple[date, date, datetime, datetime]:
    """Local dates (`ends`: the first day without) and their instants; by default the last year."""
    last = ends or desk.law.today(now) + timedelta(days=1)
    first = begins or last - YEAR
    if not timedelta(0) < last - first <= 10 * YEAR:
        raise PeriodNotReadable("Name a beginning before the end, at most ten years apart")
    zone = desk.law.calendar(desk.law.country.newest, None).zone
    midnight = time(0)
    return (
        first,
        last,
        datetime.combine(first, midnight, zone),
        datetime.combine(last, midnight, zone),
    )


@router.get(
    "/times",
    dependencies=[Depends(asks(STAFF, Power.READ_STATISTICS, Power.AUDIT))],
    response_model=wire.Times,
    responses=answers(PeriodNotReadable),
)
def times(work: ReadWork, desk: AtDesk, begins: AtDay = None, ends: AtDay = None) -> object:
    """Median and ninetieth percentile of days per step, office, licence type and month."""
    first, last, since, until = period(desk, work.now, begins, ends)
    minutes = desk.law.country.newest.rules.country.utc_offset_minutes
    rows = statistics.times(work.session, since, until, minutes)
    return wire.Times(begins=first, ends=last, formula=statistics.TIMES, rows=rows, as_of=work.now)


@router.get(
    "/ledger",
    dependencies=[Depends(asks(STAFF, Power.READ_STATISTICS, Power.AUDIT))],
    response_model=wire.Ledger,
    responses=answers(PeriodNotReadable),
)
def ledger(work: ReadWork, desk: AtDesk, begins: AtDay = None, ends: AtDay = None) -> object:
    """Where the days of cases went: applicant, each office, outages."""
    first, last, since, until = period(desk, work.now, begins, ends)
    rows = statistics.ledger(work.session, since, until)
    return wire.Ledger(
        begins=first, ends=last, formula=statistics.LEDGER, rows=rows, as_of=work.now
    )


@router.get(
    "/backlog",
    dependencies=[Depends(asks(STAFF, Power.READ_STATISTICS, Power.AUDIT))],
    response_model=wire.Backlog,
)
def backlog(work: ReadWork) -> object:
    """What waits at each office now, and for how long."""
    rows = statistics.backlog(work.session, work.now)
    return wire.Backlog(formula=statistics.BACKLOG, rows=rows, as_of=work.now)
