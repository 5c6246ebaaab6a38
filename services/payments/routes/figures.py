"""Figures of money: what is due, paid and past due by office, and what everybody may know."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query

from chassis.counting import AtAnswer, Counted
from chassis.pages import NotAPage, after_instant
from chassis.problem_json import answers
from chassis.rate_limits import RateLimit
from chassis.sheets import AS_CSV, AtRows
from chassis.unit_of_work import ReadWork
from chassis.who import PUBLIC, STAFF, asks
from contracts.instants import Day
from contracts.payments import wire_figures as wire
from contracts.payments.language_figures import FORMULAS, Figure, Standing
from kernel.authority import Power
from kernel.law.editions import NoSuchLaw
from kernel.problems import Malformed, TooMany
from services.payments.desk import Desk
from services.payments.routes.at_desk import AtDesk
from services.payments.store import money as store
from services.payments.store.money import Authorities, InvoicesRaised

router = APIRouter(prefix="/statistics", tags=["statistics"])
YEAR: Final = timedelta(days=366)
ID: Final = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
READERS: Final = (STAFF, Power.READ_STATISTICS, Power.READ_LEDGER, Power.AUDIT)
AtDay = Annotated[Day | None, Query(description="local date")]
Id = Annotated[str | None, Query(max_length=48, pattern=f"^{ID}$")]
AtAgency = Annotated[
    str | None,
    Query(
        max_length=48,
        pattern=f"^{ID}$",
        description="by whose offices; left out: the first agency whose offices share in fees",
    ),
]


class PeriodNotReadable(Malformed):
    """A period begins before it ends and is no longer than ten years."""

    title = "This is not a period"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the invoices, and the local days it is asked of."""

    days: tuple[date, date]
    invoices: InvoicesRaised

    def counted(self) -> Counted:
        return Counted(Figure.MONEY, FORMULAS[Figure.MONEY], self.days)


def raised(
    work: ReadWork,
    desk: AtDesk,
    begins: AtDay = None,
    ends: AtDay = None,
    agency: AtAgency = None,
    authority: Annotated[
        str | None,
        Query(max_length=48, pattern=f"^(-|{ID})$", description="`-`: those that have none"),
    ] = None,
    standing: Standing | None = None,
    licence_type: Id = None,
    fee: Id = None,
    currency: Annotated[str | None, Query(pattern="^[A-Z]{3}$")] = None,
) -> Asked:
    """Invoices of the period; by default of the last year. Raises PeriodNotReadable, NoSuchLaw."""
    last = ends or desk.today(work.now) + timedelta(days=1)
    first = begins or last - YEAR
    if not timedelta(0) < last - first <= 10 * YEAR:
        raise PeriodNotReadable("Name a beginning before the end, at most ten years apart")
    invoices = InvoicesRaised(
        now=work.now,
        begins=midnight(desk, first),
        ends=midnight(desk, last),
        authorities=authorities(desk, work.now, agency),
        authority=authority,
        standing=standing,
        licence_type=licence_type,
        fee=fee,
        currency=currency,
    )
    return Asked((first, last), invoices)


AtRaised = Annotated[Asked, Depends(raised)]


def midnight(desk: Desk, day: date) -> datetime:
    """When a local day begins."""
    return datetime.combine(day, time(0), desk.calendar(desk.country.newest).zone)


def authorities(desk: Desk, now: datetime, agency: str | None) -> Authorities:
    """The agency's offices: councils, where theirs share in fees. Raises NoSuchLaw."""
    edition = desk.edition_on(now)
    sharing = [one.agency for one in edition.rules.beneficiaries if one.agency]
    chosen = edition.agency(agency).id if agency else next(iter(sharing), None)
    if chosen is None:
        return Authorities(None)
    return Authorities(chosen, [office.id for office in edition.offices_of(chosen)])


@router.get(
    "/money",
    dependencies=[Depends(asks(*READERS))],
    response_model=wire.Money,
    responses=AS_CSV | answers(PeriodNotReadable, NoSuchLaw),
)
def money(work: ReadWork, answer: AtAnswer, of: AtRaised) -> object:
    """Money due, paid and past its due date, by an agency's offices."""
    rows = store.money(work.session, of.invoices)
    agency = of.invoices.authorities.agency
    return answer.figure(of.counted(), wire.Money, rows, agency=agency)


@router.get(
    "/money/rows",
    dependencies=[Depends(asks(*READERS))],
    response_model=wire.InvoicesCounted,
    responses=AS_CSV | answers(PeriodNotReadable, NoSuchLaw, NotAPage),
)
def invoices_counted(work: ReadWork, answer: AtAnswer, of: AtRaised, page: AtRows) -> object:
    """The invoices that the figure counts, in the order in which they were raised."""
    found = store.invoices_counted(work.session, of.invoices, after_instant(page), page.limit + 1)
    return answer.rows(
        of.counted(),
        wire.InvoicesCounted,
        page,
        found,
        lambda row: (row.raised_at.isoformat(), str(row.id)),
        agency=of.invoices.authorities.agency,
    )


@router.get(
    "/received",
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(120, timedelta(minutes=1)))],
    response_model=wire.Received,
    responses=AS_CSV | answers(TooMany),
)
def received(
    work: ReadWork,
    answer: AtAnswer,
    desk: AtDesk,
    months: Annotated[int, Query(ge=1, le=60)] = 12,
) -> object:
    """What was received by month and office of the agency whose offices share in fees.

    A month is published a day after it ended and does not change again, for receipts do not. There
    are no sums and no other way to part the receipts: nothing hidden follows from what is shown.
    """
    begins, ends = months_over(desk.today(work.now), months)
    minutes = desk.country.newest.rules.country.utc_offset_minutes
    of, period = authorities(desk, work.now, None), (midnight(desk, begins), midnight(desk, ends))
    rows = store.received(work.session, *period, minutes, of)
    formula = FORMULAS[Figure.MONEY_RECEIVED]
    counted = Counted(Figure.MONEY_RECEIVED, formula, (begins, ends))
    return answer.figure(counted, wire.Received, rows, agency=of.agency)


def months_over(today: date, months: int) -> tuple[date, date]:
    """The last `months` calendar months that ended before yesterday."""
    ends = (today - timedelta(days=1)).replace(day=1)
    first = ends.year * 12 + ends.month - 1 - months
    return date(first // 12, first % 12 + 1, 1), ends
