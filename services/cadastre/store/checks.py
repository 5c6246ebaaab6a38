"""Ground statements as they were signed, kept so that each can be shown again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.cadastre.store.tables import ground_check


def keep_check(
    session: Session,
    statement: UUID,
    checked_at: datetime,
    licence_type: str,
    geometry_hash: str | None,
    document: Mapping[str, Any],
) -> None:
    session.execute(
        insert(ground_check).values(
            id=statement,
            checked_at=checked_at,
            licence_type=licence_type,
            geometry_hash=geometry_hash,
            document=dict(document),
        )
    )


def kept_check(session: Session, statement: UUID) -> dict[str, Any] | None:
    """The signed document, as it was answered."""
    wanted = select(ground_check.c.document).where(ground_check.c.id == statement)
    return session.scalars(wanted).one_or_none()
