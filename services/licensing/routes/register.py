"""What everybody may read: the register, what is in force, and how fast the offices are."""

import re
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query

from chassis.counting import AtAnswer
from chassis.pages import NotAPage, after_instant, after_text
from chassis.problem_json import answers
from chassis.rate_limits import RateLimit
from chassis.sheets import AS_CSV, AtRows, Format, sheet, sheet_name
from chassis.unit_of_work import ReadWork
from chassis.who import PUBLIC, asks
from contracts.licensing import wire_register as register
from contracts.licensing import wire_statistics as wire
from contracts.licensing.language_figures import (
    Figure,
    RegisterKind,
    RegisterState,
)
from kernel.codes import NotACode, PublicCode
from kernel.law.editions import NoSuchLaw
from kernel.problems import TooMany
from services.licensing.desk import Desk
from services.licensing.routes.asked import AtInForce, Id
from services.licensing.routes.at_desk import AtDesk
from services.licensing.routes.periods import (
    AtDay,
    Period,
    PeriodNotReadable,
    counted,
    midnight,
    period_of,
)
from services.licensing.store import in_force, step_times
from services.licensing.store.register import Sought, search

router = APIRouter(tags=["register"])
MINUTE: Final = timedelta(minutes=1)


def sought(
    work: ReadWork,
    desk: AtDesk,
    number: Annotated[str | None, Query(max_length=60, description="code, or place")] = None,
    holder: Annotated[
        str | None, Query(max_length=80, description="beginnings of words of the name")
    ] = None,
    kind: RegisterKind | None = None,
    state: RegisterState | None = None,
    licence_type: Id = None,
    mineral: Id = None,
    office: Id = None,
    district: Id = None,
    begins: AtDay = None,
    ends: AtDay = None,
) -> Sought:
    """What is looked for. Raises NotACode, PeriodNotReadable."""
    if begins is not None and ends is not None:
        period_of(desk, begins, ends)
    place = number and re.fullmatch(r"\s*[0-9]{1,15}\s*", number, re.ASCII)
    return Sought(
        now=work.now,
        kind=kind,
        state=state,
        code=str(PublicCode.parse(number)) if number and not place else None,
        place=int(number) if number and place else None,
        holder=tuple(re.findall(r"\w+", holder or "")),
        licence_type=licence_type,
        mineral=mineral,
        office=office,
        district=district,
        begins=None if begins is None else midnight(desk, begins),
        ends=None if ends is None else midnight(desk, ends),
    )


@router.get(
    "/register",
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(120, MINUTE))],
    response_model=register.RegisterPage,
    responses=AS_CSV | answers(NotACode, PeriodNotReadable, NotAPage, TooMany),
)
def entries(
    work: ReadWork,
    answer: AtAnswer,
    page: AtRows,
    wanted: Annotated[Sought, Depends(sought)],
    begins: AtDay = None,
    ends: AtDay = None,
) -> object:
    """Licences, and open applications as far as their law discloses them, the newest first.

    The period is that of an entry's beginning: a licence's first instant, an application's
    lodgement. What is not disclosed of an entry does not find it either.
    """
    found = search(work.session, wanted, after_instant(page), page.limit + 1)
    following = page.following([(row.since.isoformat(), str(key)) for key, row in found])
    rows = [row for _, row in found[: page.limit]]
    if answer.format is Format.CSV:
        name = sheet_name("register", [day for day in (begins, ends) if day])
        return sheet(answer.request, name, register.RegisterEntry, rows, following)
    return register.RegisterPage(
        begins=begins,
        ends=ends,
        rows=rows,
        next=following,
        as_of=work.now,
        training=answer.training,
    )


@router.get(
    "/statistics/licences",
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(120, MINUTE))],
    response_model=wire.InForce,
    responses=AS_CSV | answers(NoSuchLaw, TooMany),
)
def licences(work: ReadWork, answer: AtAnswer, of: AtInForce) -> object:
    """Licences in force and their hectares, by an agency's offices, lead office, district, type.

    Licences are public one by one, so none of these figures is hidden.
    """
    rows = in_force.in_force(work.session, of)
    agency = of.authorities.agency
    return answer.figure(counted(Figure.LICENCES_IN_FORCE), wire.InForce, rows, agency=agency)


@router.get(
    "/statistics/licences/rows",
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(120, MINUTE))],
    response_model=wire.LicencesCounted,
    responses=AS_CSV | answers(NoSuchLaw, NotAPage, TooMany),
)
def licences_counted(work: ReadWork, answer: AtAnswer, of: AtInForce, page: AtRows) -> object:
    """The licences that the figure counts, by code."""
    found = in_force.licences_counted(work.session, of, after_text(page), page.limit + 1)
    return answer.rows(
        counted(Figure.LICENCES_IN_FORCE),
        wire.LicencesCounted,
        page,
        found,
        lambda row: (row.code,),
        agency=of.authorities.agency,
    )


@router.get(
    "/statistics/published-times",
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(120, MINUTE))],
    response_model=wire.PublishedTimes,
    responses=AS_CSV | answers(TooMany),
)
def published_times(
    work: ReadWork,
    answer: AtAnswer,
    desk: AtDesk,
    months: Annotated[int, Query(ge=1, le=60)] = 12,
) -> object:
    """How fast offices answer, step by step, in months that are over.

    A month is published a day after it ended and does not change again; there are no sums, so
    that nothing hidden follows from them.
    """
    period = months_over(desk, desk.law.today(work.now), months)
    minutes = desk.law.country.newest.rules.country.utc_offset_minutes
    rows = step_times.published(work.session, period.since, period.until, minutes)
    return answer.figure(counted(Figure.PUBLISHED_TIMES, period), wire.PublishedTimes, rows)


def months_over(desk: Desk, today: date, months: int) -> Period:
    """The last `months` calendar months that ended before yesterday."""
    ends = (today - timedelta(days=1)).replace(day=1)
    first = ends.year * 12 + ends.month - 1 - months
    return period_of(desk, date(first // 12, first % 12 + 1, 1), ends)
