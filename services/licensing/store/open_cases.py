"""Cases whose workflow still has something to do, page by page."""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, exists, or_, select
from sqlalchemy.orm import Session

from chassis.tables import journal
from contracts.licensing.language import Status, StepStatus
from kernel import facts
from services.licensing.store.case_tables import area_state, certificate, licence
from services.licensing.store.tables import application, step

HELD: Final = ("entered", "granted")
"""Ground that a case which has ended holds or has not been confirmed in yet."""
SETTLED: Final = (facts.INVOICE_VOIDED, facts.INVOICE_PAID, facts.INVOICE_EXPIRED)


def open_cases(session: Session, after: str | None, limit: int) -> list[UUID]:
    """Lodged cases whose end does not stand in the journal, or that still owe something after it:

    their ground, an invoice that can still be paid, a certificate. In the order of their ids.
    """
    columns = application.c
    owing = or_(_ground(), _invoice(), _certificate())
    wanted = select(columns.id).where(
        columns.filing_seq.is_not(None), or_(~columns.wound_up, owing)
    )
    if after is not None:
        wanted = wanted.where(columns.id > UUID(after))
    return list(session.scalars(wanted.order_by(columns.id).limit(limit)))


def _ground() -> ColumnElement[bool]:
    area = area_state.c
    return exists().where(area.application_id == application.c.id, area.status.in_(HELD))


def _invoice() -> ColumnElement[bool]:
    told = exists().where(
        journal.c.case_id == step.c.application_id,
        journal.c.name.in_(SETTLED),
        journal.c.payload["step"].astext == step.c.step,
        journal.c.payload["round"].astext == cast(step.c.round, Text),
    )
    return exists().where(
        step.c.application_id == application.c.id,
        step.c.status == StepStatus.CLOSED,
        step.c.invoice.is_not(None),
        ~told,
    )


def _certificate() -> ColumnElement[bool]:
    made = exists().where(certificate.c.licence_id == licence.c.id)
    return and_(
        application.c.status == Status.GRANTED,
        exists().where(licence.c.application_id == application.c.id, ~made),
    )
