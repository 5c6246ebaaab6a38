"""Invoices in the database: found by id or code, locked, and numbered without gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from kernel.codes import PublicCode
from kernel.ids import as_uuid
from kernel.problems import NotFound
from services.payments.domain.invoice import Invoice
from services.payments.store import mapping, tables

mapping.map_entities()
columns = tables.invoice.c

INVOICES: Final = "invoice"
RECEIPTS: Final = "receipt"
SCHEDULES: Final = "schedule"


@dataclass(frozen=True, slots=True)
class Invoices:
    session: Session

    def get(self, ref: str | UUID) -> Invoice:
        """By id or public code, as people type it. Raises NotFound, NotACode."""
        return self._one(select(Invoice).where(is_called(ref)))

    def take(self, ref: str | UUID) -> Invoice:
        """The same, locked until the act is over."""
        wanted = select(Invoice).where(is_called(ref)).with_for_update()
        return self._one(wanted.execution_options(populate_existing=True))

    def of_step(self, application: UUID, step: str, round: int) -> Invoice | None:
        """The invoice of a step's round, locked until the act is over."""
        here = (
            columns.application_id == application,
            columns.step == step,
            columns.round == round,
        )
        wanted = select(Invoice).where(*here).with_for_update()
        return self.session.scalars(wanted.execution_options(populate_existing=True)).first()

    def list(
        self,
        payer: str | None,
        application: UUID | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[Invoice]:
        """Invoices addressed to a person, of an application, or both; the newest first."""
        wanted = select(Invoice)
        if payer is not None:
            wanted = wanted.where(columns.payer == payer)
        if application is not None:
            wanted = wanted.where(columns.application_id == application)
        if after is not None:
            wanted = wanted.where(tuple_(columns.raised_at, columns.id) < after)
        ordered = wanted.order_by(columns.raised_at.desc(), columns.id.desc())
        return self.session.scalars(ordered.limit(limit)).all()

    def _one(self, wanted: Select[Invoice]) -> Invoice:
        found = self.session.scalars(wanted).first()
        if found is None:
            raise NotFound("There is no such invoice")
        return found


def next_number(session: Session, series: str) -> int:
    """The next number of a series, from 1 without gaps; the series is locked until commit."""
    head = tables.number_head
    first = upsert(head).values(series=series, last=1)
    step = first.on_conflict_do_update(
        index_elements=[head.c.series], set_={"last": head.c.last + 1}
    )
    number: int = session.scalars(step.returning(head.c.last)).one()
    return number


def is_called(ref: str | UUID) -> ColumnElement[bool]:
    """The condition that an invoice has this id or this public code."""
    found = ref if isinstance(ref, UUID) else as_uuid(ref)
    if found is not None:
        return columns.id == found
    return columns.code == str(PublicCode.parse(str(ref)))
