"""Messages' tables: subscribers, sign-ins on their way, and notices with their delivery."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.database import StrEnumType, new_metadata
from chassis.tables import INSTANT, chassis_tables
from contracts.messages.language import Channel, FailedBecause

metadata = new_metadata()
chassis_tables(metadata)

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("phone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("blocked_at", INSTANT),
    Column("released_at", INSTANT),
    Column("signed_out_at", INSTANT),
)
Index(
    "ix_subscriber_to_sign_out",
    subscriber.c.id,
    postgresql_where=text(
        "signed_out_at is null and (blocked_at is not null or released_at is not null)"
    ),
)
Index(
    "uq_subscriber_phone",
    subscriber.c.phone,
    unique=True,
    postgresql_where=text("released_at is null"),
)

notice = Table(
    "notice",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("addressee", Text, nullable=False),
    Column("case_id", Uuid),
    Column("channel", StrEnumType(Channel)),
    Column("edition", Text, nullable=False),
    Column("params", JSONB, nullable=False),
    Column("report_word", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("language", Text),
    Column("next_try", INSTANT),
    Column("attempts", Integer, nullable=False),
    Column("provider_ref", Text),
    Column("sent_at", INSTANT),
    Column("delivered_at", INSTANT),
    Column("read_at", INSTANT),
    Column("failed_at", INSTANT),
    Column("failed", StrEnumType(FailedBecause)),
    Column("next_look", INSTANT),
    Column("looks", Integer, nullable=False),
    Index(None, "case_id", "id"),
    Index(None, "addressee", "id"),
)
Index(
    "ix_notice_next_try",
    notice.c.channel,
    notice.c.next_try,
    notice.c.id,
    postgresql_where=notice.c.next_try.is_not(None),
)
Index(
    "ix_notice_next_look",
    notice.c.next_look,
    postgresql_where=notice.c.next_look.is_not(None),
)

one_time_code = Table(
    "one_time_code",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("phone", Text, nullable=False),
    Column("notice_id", ForeignKey("notice.id"), nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("used_at", INSTANT),
)
sign_in = Table(
    "sign_in",
    metadata,
    Column("ticket_hash", LargeBinary, primary_key=True),
    Column("browser_hash", LargeBinary, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("state", Text),
    Column("nonce", Text),
    Column("challenge", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("begun_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False, index=True),
    Column("phone", Text),
    Column("code_id", Uuid),
)
authorization_code = Table(
    "authorization_code",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("subscriber_id", ForeignKey("subscriber.id"), nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("nonce", Text),
    Column("challenge", Text, nullable=False),
    Column("auth_time", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False, index=True),
    Column("used_at", INSTANT),
)
