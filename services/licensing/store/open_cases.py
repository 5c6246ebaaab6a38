"""Cases whose workflow still has something to do, page by page."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.licensing.store.tables import application


def open_cases(session: Session, after: str | None, limit: int) -> list[UUID]:
    """Lodged cases whose end does not stand in the journal, in the order of their ids."""
    columns = application.c
    wanted = select(columns.id).where(columns.filing_seq.is_not(None), ~columns.wound_up)
    if after is not None:
        wanted = wanted.where(columns.id > UUID(after))
    return list(session.scalars(wanted.order_by(columns.id).limit(limit)))
