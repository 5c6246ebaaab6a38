"""Tables that every service's database has, whatever the service is for."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
APPEND_ONLY = "append-only"  # a table's comment that begins so: the app role may not change rows
SWEPT = "swept"  # and so: it may add rows and remove those that a trigger lets go
READ_ONLY = "read-only"  # and so: the app role may only read
INSTANT = DateTime(timezone=True)


def new_metadata() -> MetaData:
    """Metadata with the constraint names that migrations and error messages rely on."""
    return MetaData(naming_convention=NAMING)


metadata = new_metadata()


def _single(name: str, *columns: Column[object], comment: str | None = None) -> Table:
    """A table with exactly one row."""
    key: Column[object] = Column("id", SmallInteger, primary_key=True, autoincrement=False)
    return Table(
        name, metadata, key, *columns, CheckConstraint("id = 1", "one_row"), comment=comment
    )


stack_mode = _single(
    "stack_mode",
    Column(
        "mode", Text, CheckConstraint("mode in ('production', 'training')", "mode"), nullable=False
    ),
    Column("service", Text, nullable=False),
    comment="read-only: what this database was made for, written by its first migration",
)
clock = _single(
    "clock",
    Column("offset_seconds", BigInteger, nullable=False),
    comment="read-only: seconds by which a training stack's legal time runs ahead",
)
log_head = _single(
    "log_head",
    Column("size", BigInteger, nullable=False),
    Column("last_at", INSTANT),
    Column("frontier", LargeBinary, nullable=False),
)
log_leaf = Table(
    "log_leaf",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("at", INSTANT, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    comment="append-only: the leaves of this service's public log",
)
log_node = Table(
    "log_node",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    comment="append-only: full subtrees of the log's Merkle tree",
)
case_counter = Table(
    "case_counter",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("last_seq", BigInteger, nullable=False),
)
journal = Table(
    "journal",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column(
        "seq", BigInteger, CheckConstraint("seq > 0", "seq"), primary_key=True, autoincrement=False
    ),
    Column("name", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("legal_at", INSTANT, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("person", Text),
    Column("payload", JSONB, nullable=False),
    Column("edition", JSONB(none_as_null=True)),
    Column("trace", Text),
    Column("log_index", BigInteger),
    Index(None, "at"),
    comment="append-only: what happened to each case, in order",
)
outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("workflow", Text, nullable=False),
    Column("workflow_id", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("event", JSONB, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("sent_at", INSTANT),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try", INSTANT),
    Column("last_error", Text),
)
Index(
    "ix_outbox_unsent",
    outbox.c.workflow_id,
    outbox.c.id,
    postgresql_where=outbox.c.sent_at.is_(None),
)
Index("ix_outbox_next", outbox.c.id, postgresql_where=outbox.c.sent_at.is_(None))
idempotency = Table(
    "idempotency",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("route", Text, nullable=False),
    Column("body_hash", LargeBinary, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("status", SmallInteger),
    Column("headers", JSONB(none_as_null=True)),
    Column("answer", LargeBinary),
)
appointment = Table(
    "appointment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("agency", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("powers", ARRAY(Text), nullable=False),
    Column("since", INSTANT, nullable=False),
    Column("until", INSTANT),
    Column("version", Integer, nullable=False),
)
tries = Table(
    "tries",
    metadata,
    Column("key", Text, primary_key=True),
    Column("since", INSTANT, nullable=False),
    Column("spent", Integer, nullable=False),
)


def chassis_tables(target: MetaData) -> None:
    """Add the common tables to a service's metadata: its drift test sees the whole database."""
    for table in metadata.sorted_tables:
        table.to_metadata(target)
