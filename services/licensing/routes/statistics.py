"""Statistics for the ministry: figures counted from the register's own rows, and these rows."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Depends

from chassis.counting import AtAnswer
from chassis.pages import NotAPage, instant, number, words
from chassis.problem_json import answers
from chassis.sheets import AS_CSV, AtRows
from chassis.unit_of_work import ReadWork
from chassis.who import STAFF, asks
from contracts.licensing import wire_statistics as wire
from contracts.licensing.language_figures import Figure, Part, TimesBy
from kernel.authority import Power
from services.licensing.routes.asked import AtBy, AtEnded, AtLedgers, AtPeople, AtWaiting
from services.licensing.routes.periods import AtPeriod, PeriodNotReadable, counted
from services.licensing.store import backlog as waiting
from services.licensing.store import day_figures, people, step_times

router = APIRouter(prefix="/statistics", tags=["statistics"])
MINISTRY: Final = (STAFF, Power.READ_STATISTICS, Power.AUDIT)


@router.get(
    "/times",
    dependencies=[Depends(asks(*MINISTRY))],
    response_model=wire.Times,
    responses=AS_CSV | answers(PeriodNotReadable),
)
def times(
    work: ReadWork, answer: AtAnswer, period: AtPeriod, of: AtEnded, by: AtBy = None
) -> object:
    """How many days steps took: median, ninetieth percentile, and the share within legal time."""
    rows = step_times.times(work.session, of, by or tuple(TimesBy))
    return answer.figure(counted(Figure.STEP_TIMES, period), wire.Times, rows)


@router.get(
    "/times/rows",
    dependencies=[Depends(asks(*MINISTRY))],
    response_model=wire.StepsEnded,
    responses=AS_CSV | answers(PeriodNotReadable, NotAPage),
)
def steps_ended(
    work: ReadWork, answer: AtAnswer, period: AtPeriod, of: AtEnded, page: AtRows
) -> object:
    """The steps that the figure counts, in the order in which they ended."""
    after = page.place(instant, UUID, words, number)
    found = step_times.steps_ended(work.session, of, after, page.limit + 1)
    place = step_times.place_of
    return answer.rows(counted(Figure.STEP_TIMES, period), wire.StepsEnded, page, found, place)


@router.get(
    "/ledger",
    dependencies=[Depends(asks(*MINISTRY))],
    response_model=wire.Ledger,
    responses=AS_CSV | answers(PeriodNotReadable),
)
def ledger(work: ReadWork, answer: AtAnswer, period: AtPeriod, of: AtLedgers) -> object:
    """Where the days of cases went: applicant, each office, outages."""
    rows = day_figures.ledger(work.session, of)
    return answer.figure(counted(Figure.DAY_LEDGER, period), wire.Ledger, rows)


@router.get(
    "/ledger/rows",
    dependencies=[Depends(asks(*MINISTRY))],
    response_model=wire.CasesDays,
    responses=AS_CSV | answers(PeriodNotReadable, NotAPage),
)
def cases_days(
    work: ReadWork, answer: AtAnswer, period: AtPeriod, of: AtLedgers, page: AtRows
) -> object:
    """Each party's part of each case, which the figure adds up."""
    after = page.place(instant, UUID, words)
    found = day_figures.cases_days(work.session, of, after, page.limit + 1)
    place = day_figures.place_of
    return answer.rows(counted(Figure.DAY_LEDGER, period), wire.CasesDays, page, found, place)


@router.get(
    "/backlog",
    dependencies=[Depends(asks(*MINISTRY))],
    response_model=wire.Backlog,
    responses=AS_CSV,
)
def backlog(work: ReadWork, answer: AtAnswer, of: AtWaiting) -> object:
    """What waits at each office now, and for how long."""
    return answer.figure(counted(Figure.BACKLOG), wire.Backlog, waiting.backlog(work.session, of))


@router.get(
    "/backlog/rows",
    dependencies=[Depends(asks(*MINISTRY))],
    response_model=wire.StepsWaiting,
    responses=AS_CSV | answers(NotAPage),
)
def steps_waiting(work: ReadWork, answer: AtAnswer, of: AtWaiting, page: AtRows) -> object:
    """The steps that the figure counts, the oldest first."""
    after = page.place(instant, UUID, words)
    found = waiting.steps_waiting(work.session, of, after, page.limit + 1)
    return answer.rows(counted(Figure.BACKLOG), wire.StepsWaiting, page, found, waiting.place_of)


@router.get(
    "/people",
    dependencies=[Depends(asks(*MINISTRY))],
    response_model=wire.People,
    responses=AS_CSV,
)
def counted_people(work: ReadWork, answer: AtAnswer, of: AtPeople) -> object:
    """Women and men among members, leaders and holders; who did not say is counted apart."""
    return answer.figure(counted(Figure.PEOPLE), wire.People, people.people(work.session, of))


@router.get(
    "/people/rows",
    dependencies=[Depends(asks(*MINISTRY))],
    response_model=wire.PeopleCounted,
    responses=AS_CSV | answers(NotAPage),
)
def people_counted(work: ReadWork, answer: AtAnswer, of: AtPeople, page: AtRows) -> object:
    """Each one that the figure counts, without a name."""
    after = page.place(Part, UUID)
    found = people.people_counted(work.session, of, after, page.limit + 1)
    return answer.rows(counted(Figure.PEOPLE), wire.PeopleCounted, page, found, people.place_of)
