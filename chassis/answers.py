"""Stored answers: the first effect of a key wins, and every repeat gets its answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis.tables import idempotency

ACTIVITY = "activity"
REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Key:
    """Whose key it is: the same text from another person, or in another scope, is another key."""

    scope: str
    person: str
    text: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    route: str
    body_hash: bytes
    status: int
    headers: dict[str, Any]
    answer: bytes


def claim(
    session: Session, key: Key, route: str, body_hash: bytes, at: datetime
) -> StoredAnswer | None:
    """Take the key for this transaction (None), or get the answer that was stored under it.

    A twin in another open transaction is waited for: the row's unique key is its lock. When the
    twin is rolled back the key is ours, when it commits its answer is.
    """
    row = upsert(idempotency).values(
        scope=key.scope, person=key.person, key=key.text, route=route, body_hash=body_hash, at=at
    )
    ours = session.execute(row.on_conflict_do_nothing().returning(idempotency.c.key)).first()
    return None if ours else stored(session, key)


def stored(session: Session, key: Key) -> StoredAnswer | None:
    """The answer under this key, if its act has committed."""
    found = session.execute(select(idempotency).where(_is(key))).first()
    if found is None:
        return None
    return StoredAnswer(
        found.route, found.body_hash, found.status, found.headers or {}, found.answer
    )


def keep(session: Session, key: Key, status: int, answer: bytes, headers: dict[str, Any]) -> None:
    """Store the answer in the transaction that claimed the key."""
    session.execute(
        update(idempotency).where(_is(key)).values(status=status, answer=answer, headers=headers)
    )


def _is(key: Key) -> Any:
    columns = idempotency.c
    return and_(columns.scope == key.scope, columns.person == key.person, columns.key == key.text)
