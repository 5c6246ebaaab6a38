"""The portal's tables: nothing of the register, and nothing that can be read by itself."""

from sqlalchemy import Column, Index, LargeBinary, Table, Uuid

from chassis.tables import INSTANT, new_metadata, stack_mode

metadata = new_metadata()
stack_mode.to_metadata(metadata)

session = Table(
    "session",
    metadata,
    Column("name", LargeBinary, primary_key=True),
    Column("person", LargeBinary, nullable=False, index=True),
    Column("idp_session", LargeBinary, index=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("began_at", INSTANT, nullable=False),
    Column("seen_at", INSTANT, nullable=False),
    Column("idle_until", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False, index=True),
)
sheet = Table(
    "sheet",
    metadata,
    Column("owner", LargeBinary, primary_key=True),
    Column("key", Uuid, primary_key=True),
    Column("name", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("kept_at", INSTANT, nullable=False),
    Column("keep_until", INSTANT, nullable=False, index=True),
    Column("done_at", INSTANT),
    Index(None, "owner", "name", "kept_at"),
)
