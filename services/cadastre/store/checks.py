"""Ground statements as they were signed, kept so that each can be shown again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, exists, func, insert, select
from sqlalchemy.orm import Session

from services.cadastre.store.tables import application_area, ground_check

LODGED_WITHIN: Final = timedelta(days=2)
"""A statement is lodged with for one day, and its area is entered soon after."""


def keep_check(
    session: Session,
    statement: UUID,
    checked_at: datetime,
    licence_type: str,
    geometry_hash: str | None,
    document: Mapping[str, Any],
    *,
    signed_in: bool,
) -> None:
    session.execute(
        insert(ground_check).values(
            id=statement,
            checked_at=checked_at,
            licence_type=licence_type,
            geometry_hash=geometry_hash,
            document=dict(document),
            signed_in=signed_in,
        )
    )


def kept_check(session: Session, statement: UUID) -> dict[str, Any] | None:
    """The signed document, as it was answered."""
    wanted = select(ground_check.c.document).where(ground_check.c.id == statement)
    return session.scalars(wanted).one_or_none()


def remove_checks(session: Session, before: datetime, limit: int, *, signed_in: bool) -> int:
    """Of checks made before an instant the oldest `limit` that no lodgement stands on; how many.

    Those of the two days before the newest check stay too: the database itself removes neither
    (the trigger `ground_check_stays`).
    """
    newest = select(func.max(ground_check.c.checked_at)).scalar_subquery()
    used = exists().where(application_area.c.statement == ground_check.c.id)
    old = (
        select(ground_check.c.id)
        .where(
            ground_check.c.checked_at < before,
            ground_check.c.checked_at < newest - LODGED_WITHIN,
            ground_check.c.signed_in.is_(signed_in),
            ~used,
        )
        .order_by(ground_check.c.checked_at)
        .limit(limit)
    )
    gone = delete(ground_check).where(ground_check.c.id.in_(old)).returning(ground_check.c.id)
    return len(session.scalars(gone).all())
