"""Invoices in the database: found by id or code, locked, and numbered without gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, bindparam, select, tuple_
from sqlalchemy.orm import Session

from chassis.database import send
from kernel.codes import PublicCode
from kernel.ids import as_uuid
from kernel.problems import NotFound
from services.payments.domain.invoice import Invoice
from services.payments.store import mapping, tables

mapping.map_entities()
columns = tables.invoice.c
CALLED: Final[dict[type, Select[Invoice]]] = {
    UUID: select(Invoice).where(columns.id == bindparam("called")),
    str: select(Invoice).where(columns.code == bindparam("called")),
}
TAKEN: Final = {
    kind: wanted.with_for_update().execution_options(populate_existing=True)
    for kind, wanted in CALLED.items()
}
NEXT: Final = """
insert into number_head (series, last) values (%(series)s, 1)
on conflict (series) do update set last = number_head.last + 1
returning last"""

INVOICES: Final = "invoice"
RECEIPTS: Final = "receipt"
SCHEDULES: Final = "schedule"


@dataclass(frozen=True, slots=True)
class Invoices:
    session: Session

    def get(self, ref: str | UUID) -> Invoice:
        """By id or public code, as people type it. Raises NotFound, NotACode."""
        return self._one(CALLED, ref)

    def take(self, ref: str | UUID) -> Invoice:
        """The same, locked until the act is over."""
        return self._one(TAKEN, ref)

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

    def _one(self, wanted: Mapping[type, Select[Invoice]], ref: str | UUID) -> Invoice:
        called = name_of(ref)
        found = self.session.scalars(wanted[type(called)], {"called": called}).first()
        if found is None:
            raise NotFound("There is no such invoice")
        return found


def next_number(session: Session, series: str) -> int:
    """The next number of a series, from 1 without gaps; the series is locked until commit."""
    number: int = send(session, NEXT, {"series": series}).scalar_one()
    return number


def name_of(ref: str | UUID) -> UUID | str:
    """The id, or the public code as it is stored, that people or machines mean. Raises NotACode."""
    found = ref if isinstance(ref, UUID) else as_uuid(ref)
    return found or str(PublicCode.parse(str(ref)))
