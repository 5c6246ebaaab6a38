"""Reading the books: lines, balances, beneficiaries' statements, what is unmatched, shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, case, func, select, tuple_
from sqlalchemy.orm import Session

from contracts.payments.language import EntryKind
from services.payments.domain.ledger import payable_to
from services.payments.store import tables

Rows = Sequence[Row[Any]]
line, entry = tables.ledger_line.c, tables.ledger_transaction.c
invoice = tables.invoice.c


@dataclass(frozen=True, slots=True)
class Books:
    session: Session

    def lines(self, account: str | None, after: int, limit: int) -> Rows:
        """Lines of the ledger in the order in which they were written."""
        wanted = _lines().where(line.id > after).order_by(line.id).limit(limit)
        if account is not None:
            wanted = wanted.where(line.account == account)
        return self.session.execute(wanted).all()

    def balances(self) -> Rows:
        """Each account's balance and number of lines, by currency: more than zero is a debit."""
        wanted: Select[Any] = (
            select(
                line.account,
                line.currency,
                func.sum(line.minor).label("minor"),
                func.count().label("lines"),
            )
            .group_by(line.account, line.currency)
            .order_by(line.account, line.currency)
        )
        return self.session.execute(wanted).all()

    def totals(self, beneficiary: str, since: datetime, until: datetime, currency: str) -> Row[Any]:
        """What was owed before `since`, and what was added and carried out before `until`."""
        owed = -line.minor
        inside = entry.at >= since
        wanted: Select[Any] = _of(beneficiary, currency, until).with_only_columns(
            func.coalesce(func.sum(case((~inside, owed), else_=0)), 0).label("opening"),
            func.coalesce(func.sum(case((inside & (owed > 0), owed), else_=0)), 0).label(
                "received"
            ),
            func.coalesce(func.sum(case((inside & (owed < 0), -owed), else_=0)), 0).label(
                "carried_out"
            ),
        )
        return self.session.execute(wanted).one()

    def statement(
        self,
        beneficiary: str,
        since: datetime,
        until: datetime,
        currency: str,
        after: int,
        limit: int,
    ) -> Rows:
        """The lines of a beneficiary's statement, oldest first, each with the invoice's code."""
        paid = tables.payment_intent.alias("paid")
        part = tables.split_instruction.alias("part")
        about = func.coalesce(paid.c.invoice_id, part.c.invoice_id)
        joined = (
            tables.ledger_line.join(tables.ledger_transaction, entry.id == line.transaction_id)
            .outerjoin(paid, (entry.kind == EntryKind.PAYMENT) & (paid.c.id == entry.business_id))
            .outerjoin(part, part.c.id == entry.business_id)
            .outerjoin(tables.invoice, invoice.id == about)
        )
        wanted: Select[Any] = (
            select(line.id, entry.at, entry.kind, invoice.code, (-line.minor).label("minor"))
            .select_from(joined)
            .where(line.account == payable_to(beneficiary), line.currency == currency)
            .where(entry.at >= since, entry.at < until, line.id > after)
            .order_by(line.id)
            .limit(limit)
        )
        return self.session.execute(wanted).all()

    def unmatched(self, after: tuple[datetime, UUID] | None, limit: int) -> Rows:
        """Held money and money taken back that nobody has dealt with, oldest first."""
        held = tables.held_money.c
        wanted = (
            select(tables.held_money, invoice.code)
            .join(tables.invoice, invoice.id == held.invoice_id)
            .where(held.ended_at.is_(None))
            .order_by(held.held_at, held.id)
            .limit(limit)
        )
        if after is not None:
            wanted = wanted.where(tuple_(held.held_at, held.id) > after)
        return self.session.execute(wanted).all()

    def shares(
        self, beneficiary: str | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> Rows:
        """Shares of posted payments and how far they are carried out, oldest first."""
        part = tables.split_instruction.c
        wanted = (
            select(tables.split_instruction, invoice.code)
            .join(tables.invoice, invoice.id == part.invoice_id)
            .order_by(part.posted_at, part.id)
            .limit(limit)
        )
        if beneficiary is not None:
            wanted = wanted.where(part.beneficiary == beneficiary)
        if after is not None:
            wanted = wanted.where(tuple_(part.posted_at, part.id) > after)
        return self.session.execute(wanted).all()

    def is_account(self, name: str) -> bool:
        opened = select(tables.account.c.name).where(tables.account.c.name == name)
        return self.session.execute(opened).first() is not None


def _lines() -> Select[Any]:
    return select(
        line.id,
        entry.id.label("tx"),
        entry.kind,
        line.account,
        line.minor,
        line.currency,
        entry.business_id,
        entry.provider,
        entry.provider_ref,
        entry.at,
    ).join(tables.ledger_transaction, entry.id == line.transaction_id)


def _of(beneficiary: str, currency: str, until: datetime) -> Select[Any]:
    return (
        select(line.id)
        .join(tables.ledger_transaction, entry.id == line.transaction_id)
        .where(line.account == payable_to(beneficiary), line.currency == currency)
        .where(entry.at < until)
    )
