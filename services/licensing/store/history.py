"""A case's journal as people read it: facts with their place in the public log."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.tables import journal
from contracts.licensing.wire_steps import HistoryEntry


def history(session: Session, case: UUID, after: int, limit: int) -> list[HistoryEntry]:
    """The facts after number `after`, at most `limit`; notices are left out of what is told."""
    columns = journal.c
    wanted = (
        select(
            columns.seq,
            columns.name,
            columns.at,
            columns.legal_at,
            columns.actor_kind,
            columns.payload,
            columns.log_index,
        )
        .where(columns.case_id == case, columns.seq > after)
        .order_by(columns.seq)
        .limit(limit)
    )
    return [_entry(dict(row._mapping)) for row in session.execute(wanted)]


def _entry(row: dict[str, object]) -> HistoryEntry:
    payload = row["payload"]
    told = dict(payload) if isinstance(payload, dict) else {}
    told.pop("notices", None)
    return HistoryEntry.model_validate(row | {"payload": told})
