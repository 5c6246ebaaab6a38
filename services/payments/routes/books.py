"""The books for officers: ledger, balances, statements, shares, and what is unmatched."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy import Row

from chassis.pages import AtPage, NotAPage, after_instant, after_number
from chassis.problem_json import answers
from chassis.unit_of_work import ReadWork
from chassis.who import STAFF, asks
from contracts.instants import Instant
from contracts.payments.wire import (
    Amount,
    Balance,
    LedgerLine,
    LedgerPage,
    ScheduleView,
    ShareLine,
    SharePage,
    Statement,
    StatementLine,
    TrialBalance,
    UnmatchedPage,
    UnmatchedView,
)
from kernel.authority import Power
from kernel.problems import NotAllowed, NotFound
from services.payments.domain.ledger import payable_to
from services.payments.routes.at_desk import AtDesk
from services.payments.store.books import Books
from services.payments.store.shares import Shares

router = APIRouter(tags=["books"])

MONTH = timedelta(days=31)
Account = Annotated[str | None, Query(max_length=80, pattern=r"^[a-z][a-z0-9:-]*$")]


@router.get(
    "/ledger",
    response_model=LedgerPage,
    dependencies=[Depends(asks(STAFF, Power.READ_LEDGER))],
    responses=answers(NotAllowed, NotAPage),
)
def ledger(work: ReadWork, page: AtPage, account: Account = None) -> object:
    """The lines of the ledger in their order, of one account or of all."""
    rows = Books(work.session).lines(account, after_number(page), page.limit + 1)
    shown = [
        LedgerLine(
            tx=row.tx,
            kind=row.kind.value,
            account=row.account,
            amount=Amount(minor=row.minor, currency=row.currency),
            business_id=row.business_id,
            provider=row.provider,
            provider_ref=row.provider_ref,
            at=row.at,
        )
        for row in rows[: page.limit]
    ]
    return LedgerPage(lines=shown, next=page.following([(row.id,) for row in rows]))


@router.get(
    "/ledger/balances",
    response_model=TrialBalance,
    dependencies=[Depends(asks(STAFF, Power.READ_LEDGER))],
    responses=answers(NotAllowed),
)
def balances(work: ReadWork) -> object:
    """Every account's balance; by currency they add up to nothing."""
    rows = Books(work.session).balances()
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, 0) + int(row.minor)
    return TrialBalance(
        balances=[
            Balance(
                account=row.account,
                amount=Amount(minor=int(row.minor), currency=row.currency),
                lines=row.lines,
            )
            for row in rows
        ],
        off=[Amount(minor=minor, currency=code) for code, minor in sums.items() if minor],
        as_of=work.now,
    )


@router.get(
    "/beneficiaries/{beneficiary}/statement",
    response_model=Statement,
    dependencies=[Depends(asks(STAFF, Power.READ_LEDGER))],
    responses=answers(NotAllowed, NotFound, NotAPage),
)
def statement(
    beneficiary: str,
    work: ReadWork,
    desk: AtDesk,
    page: AtPage,
    since: Instant | None = None,
    until: Instant | None = None,
) -> object:
    """What one beneficiary was owed, received and has to come; the last month unless told."""
    books = Books(work.session)
    if not books.is_account(payable_to(beneficiary)):
        raise NotFound("No payment has ever been shared with a beneficiary of this name")
    currency = desk.country.newest.rules.country.currency.code
    to = until or work.now + timedelta(microseconds=1)
    begin = since or (to - MONTH if to.year > 1 else to)
    rows = books.statement(beneficiary, begin, to, currency, after_number(page), page.limit + 1)
    totals = books.totals(beneficiary, begin, to, currency)
    opening, received, out = int(totals.opening), int(totals.received), int(totals.carried_out)
    return Statement(
        beneficiary=beneficiary,
        since=begin,
        until=to,
        currency=currency,
        opening=opening,
        received=received,
        carried_out=out,
        closing=opening + received - out,
        lines=[statement_line(row, currency) for row in rows[: page.limit]],
        next=page.following([(row.id,) for row in rows]),
    )


def statement_line(row: Row[Any], currency: str) -> StatementLine:
    amount = Amount(minor=row.minor, currency=currency)
    return StatementLine(at=row.at, kind=row.kind.value, invoice=row.code, amount=amount)


@router.get(
    "/unmatched",
    response_model=UnmatchedPage,
    dependencies=[Depends(asks(STAFF, Power.READ_LEDGER))],
    responses=answers(NotAllowed, NotAPage),
)
def unmatched(work: ReadWork, page: AtPage) -> object:
    """Money that came late, twice or in another amount, and money that was taken back."""
    rows = Books(work.session).unmatched(after_instant(page), page.limit + 1)
    shown = [
        UnmatchedView(
            id=row.id,
            payment=row.payment_id,
            invoice=row.code,
            because=row.because,
            amount=Amount(minor=row.minor, currency=row.currency),
            provider=row.provider,
            provider_ref=row.provider_ref,
            refund_due=row.refund_due,
            held_at=row.held_at,
        )
        for row in rows[: page.limit]
    ]
    keys = [(row.held_at.isoformat(), str(row.id)) for row in rows]
    return UnmatchedPage(unmatched=shown, next=page.following(keys))


@router.get(
    "/shares",
    response_model=SharePage,
    dependencies=[Depends(asks(STAFF, Power.READ_LEDGER))],
    responses=answers(NotAllowed, NotAPage),
)
def shares(work: ReadWork, page: AtPage, beneficiary: Account = None) -> object:
    """Shares of posted payments, and how far each is carried out."""
    rows = Books(work.session).shares(beneficiary, after_instant(page), page.limit + 1)
    shown = [
        ShareLine(
            id=row.id,
            invoice=row.code,
            beneficiary=row.beneficiary,
            amount=Amount(minor=row.minor, currency=row.currency),
            mode=row.mode,
            status=row.status,
            posted_at=row.posted_at,
            ended_at=row.ended_at,
        )
        for row in rows[: page.limit]
    ]
    keys = [(row.posted_at.isoformat(), str(row.id)) for row in rows]
    return SharePage(shares=shown, next=page.following(keys))


@router.get(
    "/schedules",
    response_model=list[ScheduleView],
    dependencies=[Depends(asks(STAFF, Power.READ_LEDGER))],
    responses=answers(NotAllowed),
)
def schedules(work: ReadWork, after: Annotated[int, Query(ge=0, le=2**53)] = 0) -> object:
    """Signed schedules to the treasury with a number above `after`, fifty at most."""
    return Shares(work.session).schedules(after, 50)


@router.get(
    "/schedules/{number}",
    response_model=ScheduleView,
    dependencies=[Depends(asks(STAFF, Power.READ_LEDGER))],
    responses=answers(NotFound),
)
def schedule(number: Annotated[int, Path(ge=1, le=2**53)], work: ReadWork) -> object:
    """One schedule as it was signed."""
    return Shares(work.session).schedule(number)
