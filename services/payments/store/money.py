"""Money due, paid and past due: the invoices, what they come to, and what was received."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from chassis.sifting import sifted
from contracts.payments.language import InvoiceStatus
from contracts.payments.language_figures import Standing
from contracts.payments.wire_figures import InvoiceCounted, MoneyRow, ReceivedRow
from services.payments.store.tables import invoice, receipt

FEWEST: Final = 5  # groups under five are not shown to the public
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Authorities:
    """An agency and its offices, by which invoices are counted; None: by no office."""

    agency: str | None
    offices: Sequence[str] = ()

    def of_invoice(self) -> ColumnElement[str | None]:
        """The office as the invoice was raised; of old invoices the one that has a share."""
        nobody: ColumnElement[str | None] = cast(null(), Text)
        if self.agency is None:
            return nobody
        said = invoice.c.offices[self.agency].astext
        shares = [
            (invoice.c.shares.contains([{"beneficiary": office}]), literal(office, Text))
            for office in self.offices
        ]
        return func.coalesce(said, case(*shares) if shares else nobody)


@dataclass(frozen=True, slots=True)
class InvoicesRaised:
    """Invoices raised from `begins` on and before `ends`, as they stand at `now`.

    None: whatever it is, `-`: none.
    """

    now: datetime
    begins: datetime
    ends: datetime
    authorities: Authorities
    authority: str | None = None
    standing: Standing | None = None
    licence_type: str | None = None
    fee: str | None = None
    currency: str | None = None

    def rows(self) -> Select[Any]:
        """The invoices themselves: figure and rows are both made of this."""
        told = ("id", "code", "application_code", "licence_type", "fee", "minor", "currency",
                "raised_at", "due_at", "ended_at")  # fmt: skip
        here = (
            select(
                *(invoice.c[name] for name in told),
                self.authorities.of_invoice().label("authority"),
                _standing(self.now).label("standing"),
            )
            .where(invoice.c.raised_at >= self.begins, invoice.c.raised_at < self.ends)
            .subquery("here")
        )
        names = ("authority", "standing", "licence_type", "fee", "currency")
        asked = {name: getattr(self, name) for name in names}
        return select(here).where(*sifted(here, **asked))


def _standing(now: datetime) -> ColumnElement[str]:
    past = ~invoice.c.stands_still & (invoice.c.due_at < now)
    return case(
        (invoice.c.status == InvoiceStatus.PAID, Standing.PAID.value),
        (invoice.c.status == InvoiceStatus.VOIDED, Standing.VOIDED.value),
        (invoice.c.status == InvoiceStatus.EXPIRED, Standing.PAST_DUE.value),
        (past, Standing.PAST_DUE.value),
        else_=Standing.DUE.value,
    )


def money(session: Session, asked: InvoicesRaised) -> list[MoneyRow]:
    """The figure: how many invoices, and how much, by office and currency."""
    one = asked.rows().subquery("one")
    by = (one.c.authority, one.c.currency)
    minor = func.coalesce(func.sum(one.c.minor), 0)
    columns = [func.count().label("invoices"), cast(minor, BigInteger).label("minor")]
    for standing in Standing:
        name, here = standing.value.replace("-", "_"), one.c.standing == standing.value
        total = func.coalesce(func.sum(one.c.minor).filter(here), 0)
        columns.append(func.count().filter(here).label(f"{name}_invoices"))
        columns.append(cast(total, BigInteger).label(f"{name}_minor"))
    found = session.execute(select(*by, *columns).group_by(*by).order_by(*by))
    return [MoneyRow.model_validate(dict(row._mapping)) for row in found]


def invoices_counted(
    session: Session, asked: InvoicesRaised, after: Place | None, limit: int
) -> list[InvoiceCounted]:
    """The rows that the figure counts, in the order in which they were raised."""
    one = asked.rows().subquery("one")
    place = (one.c.raised_at, one.c.id)
    wanted = select(one).order_by(*place).limit(limit)
    if after is not None:
        wanted = wanted.where(tuple_(*place) > after)
    return [InvoiceCounted.model_validate(dict(row._mapping)) for row in session.execute(wanted)]


def received(
    session: Session, begins: datetime, ends: datetime, minutes: int, authorities: Authorities
) -> list[ReceivedRow]:
    """What receipts were given for, by local month (`minutes` from UTC); receipts never change."""
    local = func.timezone("UTC", receipt.c.issued_at) + timedelta(minutes=minutes)
    one = (
        select(
            cast(func.date_trunc("month", local), Date).label("month"),
            authorities.of_invoice().label("authority"),
            receipt.c.currency,
            receipt.c.minor,
        )
        .join(invoice, invoice.c.id == receipt.c.invoice_id)
        .where(receipt.c.issued_at >= begins, receipt.c.issued_at < ends)
        .subquery("one")
    )
    by = (one.c.month, one.c.authority, one.c.currency)
    total = cast(func.sum(one.c.minor), BigInteger).label("minor")
    found = session.execute(
        select(*by, func.count().label("receipts"), total).group_by(*by).order_by(*by)
    )
    return [_received(dict(row._mapping)) for row in found]


def _received(row: dict[str, Any]) -> ReceivedRow:
    shown = row["receipts"] >= FEWEST
    hidden: dict[str, Any] = {"receipts": None, "minor": None}
    return ReceivedRow.model_validate(row | {"shown": shown} | ({} if shown else hidden))
