"""Shares, payout batches and schedules in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.payments.language import ShareStatus
from kernel.law.fees import SplitMode
from kernel.problems import NotFound
from services.payments.domain.share import Batch, Schedule, Share
from services.payments.store import mapping, tables

mapping.map_entities()
columns = tables.split_instruction.c


@dataclass(frozen=True, slots=True)
class Shares:
    session: Session

    def due(self, mode: SplitMode, before: datetime, limit: int) -> Sequence[Share]:
        """Shares to be carried out in this way, locked; other processes skip them."""
        wanted = (
            select(Share)
            .where(columns.status == ShareStatus.DUE, columns.mode == mode)
            .where(columns.posted_at < before)
            .order_by(columns.posted_at, columns.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self.session.scalars(wanted).all()

    def due_of(self, invoice: UUID) -> Sequence[Share]:
        """What of an invoice's payment nobody has been told to pay out, locked."""
        wanted = (
            select(Share)
            .where(columns.invoice_id == invoice, columns.status == ShareStatus.DUE)
            .order_by(columns.beneficiary)
            .with_for_update()
        )
        return self.session.scalars(wanted.execution_options(populate_existing=True)).all()

    def of_batch(self, batch: UUID) -> Sequence[Share]:
        """In the order of their positions, which are their names at the provider."""
        wanted = select(Share).where(columns.batch_id == batch)
        return self.session.scalars(wanted.order_by(columns.position)).all()

    def take(self, share: UUID) -> Share:
        """Locked until the act is over. Raises NotFound."""
        wanted = select(Share).where(columns.id == share).with_for_update()
        again = wanted.execution_options(populate_existing=True)
        found = self.session.scalars(again).first()
        if found is None:
            raise NotFound("There is no such share")
        return found

    def take_batch(self, batch: UUID) -> Batch:
        """Locked until the act is over. Raises NotFound."""
        wanted = select(Batch).where(tables.payout_batch.c.id == batch).with_for_update()
        again = wanted.execution_options(populate_existing=True)
        found = self.session.scalars(again).first()
        if found is None:
            raise NotFound("There is no such batch")
        return found

    def batches_due(self, real_now: datetime, limit: int) -> Sequence[Batch]:
        """Batches about which the provider is to be told or asked, locked."""
        batch = tables.payout_batch.c
        wanted = (
            select(Batch)
            .where(batch.next_ask <= real_now)
            .order_by(batch.next_ask)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self.session.scalars(wanted).all()

    def schedules(self, after: int, limit: int) -> Sequence[Schedule]:
        number = tables.payment_schedule.c.number
        wanted = select(Schedule).where(number > after).order_by(number).limit(limit)
        return self.session.scalars(wanted).all()

    def schedule(self, number: int) -> Schedule:
        """Raises NotFound."""
        wanted = select(Schedule).where(tables.payment_schedule.c.number == number)
        found = self.session.scalars(wanted).first()
        if found is None:
            raise NotFound("There is no such schedule")
        return found
