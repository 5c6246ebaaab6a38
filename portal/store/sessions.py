"""Rows of sessions: found by what only the browser knows, and ended by what Keycloak knows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from portal.store.tables import session

LONG_OVER = timedelta(days=1)
"""So long an ended session is kept: it says for whom to keep what was typed after its end."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session. Names and persons are digests; `sealed` is read with the browser's cookie."""

    name: bytes
    person: bytes
    idp_session: bytes | None
    sealed: bytes
    began_at: datetime
    seen_at: datetime
    idle_until: datetime
    ends_at: datetime

    def over(self, now: datetime) -> bool:
        return now >= self.idle_until or now >= self.ends_at


def add(connection: Connection, row: SessionRow) -> None:
    values = {column.name: getattr(row, column.name) for column in session.columns}
    connection.execute(insert(session).values(values))


def find(connection: Connection, name: bytes, *, lock: bool = False) -> SessionRow | None:
    """The session of that name; `lock`: nobody else has it until the transaction ends."""
    asked = select(session).where(session.c.name == name)
    found = connection.execute(asked.with_for_update() if lock else asked).first()
    return None if found is None else _row(found)


def touch(connection: Connection, name: bytes, now: datetime, idle_until: datetime) -> None:
    connection.execute(
        update(session)
        .where(session.c.name == name)
        .values(seen_at=now, idle_until=idle_until)
    )


def replace_sealed(connection: Connection, name: bytes, sealed: bytes) -> None:
    connection.execute(update(session).where(session.c.name == name).values(sealed=sealed))


def remove(connection: Connection, name: bytes) -> None:
    connection.execute(delete(session).where(session.c.name == name))


def remove_of(
    connection: Connection, *, idp_session: bytes | None = None, person: bytes | None = None
) -> int:
    """End every session that Keycloak names, by its own session or by the person."""
    named = [
        column == value
        for column, value in ((session.c.idp_session, idp_session), (session.c.person, person))
        if value is not None
    ]
    return connection.execute(delete(session).where(or_(False, *named))).rowcount


def sweep(connection: Connection, now: datetime) -> int:
    old = now - LONG_OVER
    over = or_(session.c.ends_at < old, session.c.idle_until < old)
    return connection.execute(delete(session).where(over)).rowcount


def _row(found: Row[tuple[object, ...]]) -> SessionRow:
    return SessionRow(**found._mapping)
