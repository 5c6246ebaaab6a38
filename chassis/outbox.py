"""The outbox: what a relay must tell a workflow, written in the act's own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from chassis.tables import outbox
from kernel.events import Event

if TYPE_CHECKING:
    from contracts.procedures import Tell

CHANNEL = "cornerpost_outbox"  # relays listen here; PostgreSQL delivers at commit, never before


def put(session: Session, tell: Tell, event: Event, now: datetime) -> None:
    """Queue `event` for a workflow. One workflow's rows are delivered in the order of ids."""
    row = insert(outbox).values(
        workflow=tell.workflow,
        workflow_id=tell.workflow_id,
        subject=tell.subject,
        event=event.model_dump(mode="json"),
        created_at=now,
    )
    session.execute(row.returning(func.pg_notify(CHANNEL, "")))


def waiting(session: Session) -> int:
    """How many rows no workflow has heard of yet."""
    unsent = select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None))
    return session.scalars(unsent).one()
