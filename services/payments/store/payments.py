"""Payments and callbacks in the database: locked, found by the provider's names, due for a look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from contracts.payments.language import HeldBecause, Verdict
from kernel.problems import NotFound
from services.payments.domain.payment import LIVE, Payment
from services.payments.domain.share import HeldMoney, Hint
from services.payments.store import mapping, tables

mapping.map_entities()
columns = tables.payment_intent.c
TAKEN: Final = (
    select(Payment)
    .where(columns.id == bindparam("payment"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
HINTS: Final = select(Hint).where(tables.callback_hint.c.payment_id == bindparam("payment"))


@dataclass(frozen=True, slots=True)
class Payments:
    session: Session

    def get(self, payment: UUID) -> Payment:
        """Raises NotFound."""
        return self._found(self.session.get(Payment, payment))

    def take(self, payment: UUID) -> Payment:
        """Locked until the act is over; lock the invoice before. Raises NotFound."""
        return self._found(self.session.scalars(TAKEN, {"payment": payment}).first())

    def _found(self, payment: Payment | None) -> Payment:
        if payment is None:
            raise NotFound("There is no such payment")
        return payment

    def find(self, provider: str, payment: UUID | None, reference: str | None) -> Payment | None:
        """The payment that a provider means, by our name for it or by the provider's own."""
        if payment is not None:
            return self.session.scalars(
                select(Payment).where(columns.id == payment, columns.provider == provider)
            ).first()
        return self.session.scalars(
            select(Payment).where(columns.provider == provider, columns.provider_ref == reference)
        ).first()

    def live(self, invoice: UUID) -> Sequence[Payment]:
        """Payments of an invoice whose end is not known."""
        here = (columns.invoice_id == invoice, columns.status.in_(LIVE))
        return self.session.scalars(select(Payment).where(*here).order_by(columns.begun_at)).all()

    def count_live(self, invoice: UUID, person: str | None) -> int:
        """How many of them one person began."""
        here = (columns.invoice_id == invoice, columns.status.in_(LIVE))
        his = columns.begun_by.is_not_distinct_from(person)
        return self.session.scalars(select(func.count(columns.id)).where(*here, his)).one()

    def queue_up(self, name: str) -> None:
        """Of two acts that count for one name the second waits here until the first is over."""
        self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 8))))

    def pays(self, person: str, invoice: UUID) -> bool:
        """Whether a person ever began a payment of an invoice."""
        here = (columns.invoice_id == invoice, columns.begun_by == person)
        return self.session.scalars(select(columns.id).where(*here).limit(1)).first() is not None

    def begun_by(self, person: str, since: datetime) -> Sequence[datetime]:
        """When a person began payments after `since`, in order."""
        wanted = select(columns.begun_at).where(columns.begun_by == person)
        return self._in_order(wanted, since)

    def begun_for_others(self, msisdn: str, since: datetime) -> Sequence[datetime]:
        """When a phone was to pay by the will of somebody who was not invoiced."""
        stranger = columns.begun_by.is_distinct_from(tables.invoice.c.payer)
        wanted = select(columns.begun_at).join(
            tables.invoice, tables.invoice.c.id == columns.invoice_id
        )
        return self._in_order(wanted.where(columns.msisdn == msisdn, stranger), since)

    def begun_for_oneself(self, msisdn: str, person: str, since: datetime) -> Sequence[datetime]:
        """When a phone was to pay by the will of one person."""
        his = (columns.msisdn == msisdn, columns.begun_by == person)
        return self._in_order(select(columns.begun_at).where(*his), since)

    def _in_order(self, wanted: Select[datetime], since: datetime) -> Sequence[datetime]:
        inside = wanted.where(columns.begun_at > since).order_by(columns.begun_at)
        return self.session.scalars(inside).all()

    def of_invoice(self, invoice: UUID) -> Sequence[Payment]:
        """Every payment that was ever begun for an invoice."""
        wanted = select(Payment).where(columns.invoice_id == invoice)
        return self.session.scalars(wanted.order_by(columns.begun_at)).all()

    def due_for_a_look(self, real_now: datetime, limit: int) -> Sequence[Payment]:
        """Payments about which the provider is to be asked, locked; other watches skip them.

        Those for which somebody waits come first.
        """
        wanted = (
            select(Payment)
            .where(columns.next_ask <= real_now)
            .order_by(columns.completed_at.is_not(None), columns.next_ask)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self.session.scalars(wanted).all()

    def note_hint(self, hint: Hint, most: int) -> int | None:
        """Note a callback, or that the same one came again; gives how often it has come.

        None where it is a new one and `most` of its payment are noted already.
        """
        column = tables.callback_hint.c
        told = {name: getattr(hint, name) for name in column.keys()}  # noqa: SIM118
        if self._kept(hint) >= most:
            return self._came_again(hint)
        row = upsert(tables.callback_hint).values(**told)
        counted = row.on_conflict_do_update(
            index_elements=[column.provider, column.reference, column.body_hash],
            set_={"times": column.times + 1},
        )
        times: int = self.session.scalars(counted.returning(column.times)).one()
        return times

    def _kept(self, hint: Hint) -> int:
        column = tables.callback_hint.c
        kept = select(func.count(column.id)).where(column.payment_id == hint.payment_id)
        return self.session.scalars(kept).one()

    def _came_again(self, hint: Hint) -> int | None:
        column = tables.callback_hint.c
        same = (
            column.provider == hint.provider,
            column.reference == hint.reference,
            column.body_hash == hint.body_hash,
        )
        counted = update(tables.callback_hint).where(*same).values(times=column.times + 1)
        return self.session.scalars(counted.returning(column.times)).first()

    def tally(self, provider: str, day: date, verdict: Verdict) -> None:
        """Count a callback of which nothing else is kept."""
        table = tables.callback_tally
        row = upsert(table).values(provider=provider, day=day, verdict=verdict, times=1)
        counted = row.on_conflict_do_update(
            index_elements=[table.c.provider, table.c.day, table.c.verdict],
            set_={"times": table.c.times + 1},
        )
        self.session.execute(counted)

    def hints_of(self, payment: UUID) -> Sequence[Hint]:
        return self.session.scalars(HINTS, {"payment": payment}).all()

    def held(self, payment: UUID) -> HeldMoney | None:
        """The money of a payment that came and was held."""
        held = tables.held_money.c
        here = (held.payment_id == payment, held.because != HeldBecause.REVERSED)
        return self.session.scalars(select(HeldMoney).where(*here)).first()
