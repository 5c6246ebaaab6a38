"""The outbox: what a relay must tell a workflow, written in the act's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from chassis.database import send
from chassis.tables import outbox
from kernel.events import Event

if TYPE_CHECKING:
    from contracts.procedures import Tell

CHANNEL: Final = "cornerpost_outbox"
"""Relays listen here; PostgreSQL delivers at commit, never before."""

TOLD: Final = """
told as (
  insert into outbox (workflow, workflow_id, subject, event, created_at)
  select workflow, workflow_id, subject, %(event)s::jsonb, %(told_at)s
  from unnest(%(workflows)s::text[], %(workflow_ids)s::text[], %(subjects)s::uuid[])
    with ordinality as listed (workflow, workflow_id, subject, place)
  order by place
  returning 1
)"""
HEARD: Final = f"select pg_notify('{CHANNEL}', '') from told limit 1"
"""The rows of one event as part of a statement, and how that statement then ends."""
HOLD_KEY: Final = 0x636F726E_636C6B  # shared by relays at work, exclusive while the clock is moved
TOGETHER: Final = 20  # rows of one workflow that are told in one transaction


def put(session: Session, tell: Tell, event: Event, now: datetime) -> None:
    """Queue `event` for a workflow. One workflow's rows are delivered in the order of ids."""
    send(session, f"with {TOLD} {HEARD}", values_of([tell], event, now))


def values_of(tell: Sequence[Tell], event: Event, now: datetime) -> dict[str, Any]:
    """The values that `TOLD` names: one row for each workflow, in this order."""
    return {
        "workflows": [one.workflow for one in tell],
        "workflow_ids": [one.workflow_id for one in tell],
        "subjects": [one.subject for one in tell],
        "event": event.model_dump_json(),
        "told_at": now,
    }


def waiting(session: Session) -> int:
    """How many rows no workflow has heard of yet."""
    unsent = select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None))
    return session.scalars(unsent).one()


def _first_due(table: FromClause) -> ColumnElement[bool]:
    """The row is unsent, its time has come, and it is the first that its workflow waits for."""
    earlier = outbox.alias()
    before = earlier.c.workflow_id == table.c.workflow_id, earlier.c.id < table.c.id
    return and_(
        table.c.sent_at.is_(None),
        or_(table.c.next_try.is_(None), table.c.next_try <= bindparam("now")),
        ~exists().where(*before, earlier.c.sent_at.is_(None)),
    )


def _taking() -> Select[Any]:
    """One workflow's waiting rows in their order; `others`: whether another's are due as well."""
    hold = select(func.pg_try_advisory_xact_lock_shared(HOLD_KEY, type_=Boolean))
    first = (
        select(outbox.c.id, outbox.c.workflow_id)
        .where(hold.scalar_subquery(), _first_due(outbox))
        .order_by(outbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=outbox)
        .cte("first")
    )
    own, other = outbox.alias("own"), outbox.alias("other")
    others = exists().where(other.c.workflow_id != first.c.workflow_id, _first_due(other))
    return (
        select(own, others.label("others"))
        .join(first, own.c.workflow_id == first.c.workflow_id)
        .where(own.c.id >= first.c.id, own.c.sent_at.is_(None))
        .order_by(own.c.id)
        .limit(TOGETHER)
    )


FIRST_DUE: Final = _taking()


def take(session: Session, now: datetime) -> Sequence[Row[Any]]:
    """What waits for one workflow, the first row locked; nothing while the clock is being moved."""
    return session.execute(FIRST_DUE, {"now": now}).all()
