"""Licensing's tables up to lodgement, and the metadata that every table of this service joins.

Who adds what: this file holds what both halves of the service stand on (party, member, interest,
application, document, paper, receipt, filing head, step). Tables of what follows lodgement
(requests, decisions on paper, issuance, licence, certificate, step_fact, day ledger, appointment
proposals, foreign sequences) live in files of their own in this folder, join the same `metadata`,
are mapped in their own file, are named in `store/mapping.py`, and come with migrations 0002 and
later. A column that a later act needs on a table of this file is added here and in that migration.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.database import StrEnumType, new_metadata
from chassis.tables import INSTANT, chassis_tables
from contracts.licensing.language import (
    InterestKind,
    Origin,
    Outcome,
    PaperState,
    ReceiptKind,
    Sex,
    Status,
    StepStatus,
)
from kernel.law.plan import PaperWhen, SilenceRule, StepKind
from kernel.law.procedure import HolderKind

metadata = new_metadata()
chassis_tables(metadata)

party = Table(
    "party",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", StrEnumType(HolderKind), nullable=False),
    Column("name", Text, nullable=False),
    Column("person", Text, index=True),
    Column("nationality", Text),
    Column("sex", StrEnumType(Sex)),
    Column("birth_year", SmallInteger),
    Column("registration", Text),
    Column("evidence", JSONB, nullable=False),
    Column("helper", Text),
    Column("created_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("kind = 'person' or (sex is null and birth_year is null)", "persons_only"),
)
member = Table(
    "member",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("group_id", ForeignKey("party.id"), nullable=False, index=True),
    Column("member_id", ForeignKey("party.id"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("share", Numeric(14, 6), nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    CheckConstraint("group_id <> member_id", "not_of_itself"),
    CheckConstraint("until is null or until > since", "ends_after_it_began"),
    CheckConstraint("share >= 0", "share"),
)
interest = Table(
    "interest",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("party_id", ForeignKey("party.id"), nullable=False, index=True),
    Column("person", Text, nullable=False, index=True),
    Column("kind", StrEnumType(InterestKind), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("declared_by", Text, nullable=False),
    Column("declared_at", INSTANT, nullable=False),
    comment="append-only: who may not take part in deciding on whose files",
)
application = Table(
    "application",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("licence_type", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("applicant", Text, index=True),
    Column("party_id", ForeignKey("party.id"), nullable=False, index=True),
    Column("status", StrEnumType(Status), nullable=False),
    Column("helper", Text),
    Column("minerals", ARRAY(Text), nullable=False),
    Column("answers", JSONB, nullable=False),
    Column("district", Text),
    Column("version", Integer, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    Column("code", Text, unique=True),
    Column("filing_seq", BigInteger, unique=True),
    Column("office", Text),
    Column("zone", Text),
    Column("country", Text),
    Column("edition", Text),
    Column("edition_hash", Text),
    Column("plan", JSONB(none_as_null=True)),
    Column("plan_hash", Text),
    Column("statement", JSONB(none_as_null=True)),
    Column("statement_id", Uuid),
    Column("geometry_hash", Text),
    Column("bbox_mm", ARRAY(BigInteger)),
    Column("hectares", Numeric(18, 4)),
    Column("units", Integer),
    Column("lodged_at", INSTANT),
    Column("conditional", Boolean, nullable=False),
    Column("pay_by", INSTANT),
    Column("origin", StrEnumType(Origin)),
    Column("not_before", INSTANT),
    Column("not_after", INSTANT),
    Column("head_seen", BigInteger),
    Column("pin_hash", Text),
    Column("licence_code", Text, index=True),
    Column("closed_at", INSTANT),
    Column("closed_because", Text),
    Column("wound_up", Boolean, nullable=False),
    CheckConstraint(
        "(status = 'draft') = (filing_seq is null) and (filing_seq is null) = (lodged_at is null)"
        " and (filing_seq is null) = (plan is null) and (filing_seq is null) = (code is null)",
        "lodged_or_draft",
    ),
    CheckConstraint("bbox_mm is null or array_length(bbox_mm, 1) = 4", "bbox"),
    Index("ix_application_office_status", "office", "status"),
)
Index(  # senior lodgements on the same ground are looked for among the open ones
    "ix_application_open",
    application.c.filing_seq,
    postgresql_where=text("status in ('lodged', 'issuing')"),
)
Index(  # cases whose workflow has something to do
    "ix_application_not_wound_up",
    application.c.id,
    postgresql_where=text("filing_seq is not null and not wound_up"),
)
document = Table(
    "document",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("application_id", ForeignKey("application.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("n", SmallInteger, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("uploaded_by", Text, nullable=False),
    Column("uploaded_at", INSTANT, nullable=False),
    UniqueConstraint("application_id", "kind", "n"),
    CheckConstraint("n > 0", "n"),
)
paper = Table(
    "paper",
    metadata,
    Column("application_id", ForeignKey("application.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("when", StrEnumType(PaperWhen), nullable=False),
    Column("state", StrEnumType(PaperState), nullable=False),
    Column("due_at", INSTANT),
    Column("keeps_priority", Boolean, nullable=False),
    Column("received_at", INSTANT),
)
receipt = Table(
    "receipt",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("application_id", ForeignKey("application.id"), nullable=False),
    Column("kind", StrEnumType(ReceiptKind), nullable=False),
    Column("body", JSONB, nullable=False),
    Column("key", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("short_code", Text, nullable=False, unique=True),
    Column("issued_at", INSTANT, nullable=False),
    UniqueConstraint("application_id", "kind"),
    comment="append-only: signed receipts as they were issued",
)
filing_head = Table(
    "filing_head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("last_seq", BigInteger, nullable=False),
    CheckConstraint("id = 1", "one_row"),
)
step = Table(
    "step",
    metadata,
    Column("application_id", ForeignKey("application.id"), primary_key=True),
    Column("step", Text, primary_key=True),
    Column("round", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", StrEnumType(StepKind), nullable=False),
    Column("agency", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("status", StrEnumType(StepStatus), nullable=False),
    Column("opened_at", INSTANT, nullable=False),
    Column("runs_from", INSTANT, nullable=False),
    Column("allowed", JSONB, nullable=False),
    Column("silence", StrEnumType(SilenceRule), nullable=False),
    Column("stops", JSONB, nullable=False),
    Column("due_at", INSTANT),
    Column("warn_at", INSTANT),
    Column("warned_at", INSTANT),
    Column("first_due_at", INSTANT),
    Column("stopped_seconds", BigInteger, nullable=False),
    Column("silence_stage", SmallInteger, nullable=False),
    Column("former_offices", ARRAY(Text), nullable=False),
    Column("holdings", JSONB, nullable=False),
    Column("visited_at", INSTANT),
    Column("occupants_notified_at", INSTANT),
    Column("invoice", Uuid),
    Column("outcome", StrEnumType(Outcome)),
    Column("late", Boolean, nullable=False),
    Column("decided_at", INSTANT),
    Column("version", Integer, nullable=False),
    Index("ix_step_office_status_due_at", "office", "status", "due_at"),
)
