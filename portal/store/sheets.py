"""Rows of sheets: what was typed into a form, and where it led once it was sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.store.tables import sheet


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One form of one owner. `sealed`: what was typed, or the address it led to once done."""

    owner: bytes
    key: UUID
    name: bytes
    digest: bytes
    sealed: bytes
    kept_at: datetime
    keep_until: datetime
    done_at: datetime | None


def put(connection: Connection, row: SheetRow) -> SheetRow:
    """Keep what was typed; what has been sent stays as it is. Answers the row as it stands."""
    values = {column.name: getattr(row, column.name) for column in sheet.columns}
    changed = {name: values[name] for name in ("digest", "sealed", "kept_at", "keep_until")}
    connection.execute(
        insert(sheet)
        .values(values)
        .on_conflict_do_update(
            index_elements=[sheet.c.owner, sheet.c.key],
            set_=changed,
            where=sheet.c.done_at.is_(None),
        )
    )
    mine = (sheet.c.owner == row.owner) & (sheet.c.key == row.key)
    return _row(connection.execute(select(sheet).where(mine)).one())


def newest(connection: Connection, owner: bytes, name: bytes, now: datetime) -> SheetRow | None:
    """What the owner last typed into that form and has not sent."""
    found = connection.execute(
        select(sheet)
        .where(sheet.c.owner == owner, sheet.c.name == name, sheet.c.done_at.is_(None))
        .where(sheet.c.keep_until > now)
        .order_by(sheet.c.kept_at.desc())
        .limit(1)
    ).first()
    return None if found is None else _row(found)


def settle(
    connection: Connection, owner: bytes, key: UUID, sealed: bytes, now: datetime, until: datetime
) -> None:
    """It was sent: what was typed goes, where it led stays for whoever sends it again."""
    connection.execute(
        update(sheet)
        .where(sheet.c.owner == owner, sheet.c.key == key, sheet.c.done_at.is_(None))
        .values(sealed=sealed, done_at=now, keep_until=until)
    )


def sweep(connection: Connection, now: datetime) -> int:
    return connection.execute(delete(sheet).where(sheet.c.keep_until < now)).rowcount


def _row(found: Row[tuple[object, ...]]) -> SheetRow:
    return SheetRow(**found._mapping)
