"""Begin licensing: parties, applications with documents and papers, receipts, steps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.migrate import create_chassis_tables

AT = sa.DateTime(timezone=True)
revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op)
    create_filing_head()
    create_party()
    create_application()
    create_interest()
    create_member()
    create_document()
    create_paper()
    create_receipt()
    create_step()
    op.execute("insert into filing_head (id, last_seq) values (1, 0)")
    op.execute(FILINGS)


FILINGS = """
create view audit_v1.filings as
  select id, code, filing_seq as seq, lodged_at, origin, not_before, not_after, status,
         procedure as kind, office
  from public.application where filing_seq is not null
"""


def create_filing_head() -> None:
    op.create_table(
        "filing_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_filing_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_head")),
    )


def create_party() -> None:
    op.create_table(
        "party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("nationality", sa.Text(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("registration", sa.Text(), nullable=True),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.Column("helper", sa.Text(), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind = 'person' or (sex is null and birth_year is null)",
            name=op.f("ck_party_persons_only"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
    )
    op.create_index(op.f("ix_party_person"), "party", ["person"], unique=False)


def create_application() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("licence_type", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("helper", sa.Text(), nullable=True),
        sa.Column("minerals", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("answers", JSONB(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("updated_at", AT, nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("filing_seq", sa.BigInteger(), nullable=True),
        sa.Column("office", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("edition", sa.Text(), nullable=True),
        sa.Column("edition_hash", sa.Text(), nullable=True),
        sa.Column("plan", JSONB(), nullable=True),
        sa.Column("plan_hash", sa.Text(), nullable=True),
        sa.Column("statement", JSONB(), nullable=True),
        sa.Column("statement_id", sa.Uuid(), nullable=True),
        sa.Column("geometry_hash", sa.Text(), nullable=True),
        sa.Column("bbox_mm", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("hectares", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("lodged_at", AT, nullable=True),
        sa.Column("conditional", sa.Boolean(), nullable=False),
        sa.Column("pay_by", AT, nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("not_before", AT, nullable=True),
        sa.Column("not_after", AT, nullable=True),
        sa.Column("head_seen", sa.BigInteger(), nullable=True),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.Column("licence_code", sa.Text(), nullable=True),
        sa.Column("closed_at", AT, nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=True),
        sa.Column("wound_up", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(status = 'draft') = (filing_seq is null)"
            " and (filing_seq is null) = (lodged_at is null)"
            " and (filing_seq is null) = (plan is null) and (filing_seq is null) = (code is null)",
            name=op.f("ck_application_lodged_or_draft"),
        ),
        sa.CheckConstraint(
            "bbox_mm is null or array_length(bbox_mm, 1) = 4", name=op.f("ck_application_bbox")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_application_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("code", name=op.f("uq_application_code")),
        sa.UniqueConstraint("filing_seq", name=op.f("uq_application_filing_seq")),
    )
    op.create_index(op.f("ix_application_applicant"), "application", ["applicant"], unique=False)
    op.create_index(
        op.f("ix_application_licence_code"), "application", ["licence_code"], unique=False
    )
    op.create_index(
        "ix_application_office_status", "application", ["office", "status"], unique=False
    )
    op.create_index(
        "ix_application_open",
        "application",
        ["filing_seq"],
        unique=False,
        postgresql_where=sa.text("status in ('lodged', 'issuing')"),
    )
    op.create_index(
        "ix_application_not_wound_up",
        "application",
        ["id"],
        unique=False,
        postgresql_where=sa.text("filing_seq is not null and not wound_up"),
    )
    op.create_index(op.f("ix_application_party_id"), "application", ["party_id"], unique=False)


def create_interest() -> None:
    op.create_table(
        "interest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.Column("declared_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_interest_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        comment="append-only: who may not take part in deciding on whose files",
    )
    op.create_index(op.f("ix_interest_party_id"), "interest", ["party_id"], unique=False)
    op.create_index(op.f("ix_interest_person"), "interest", ["person"], unique=False)


def create_member() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("share", sa.Numeric(precision=14, scale=6), nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        sa.CheckConstraint("group_id <> member_id", name=op.f("ck_member_not_of_itself")),
        sa.CheckConstraint("share >= 0", name=op.f("ck_member_share")),
        sa.CheckConstraint(
            "until is null or until > since", name=op.f("ck_member_ends_after_it_began")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["party.id"], name=op.f("fk_member_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["party.id"], name=op.f("fk_member_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    op.create_index(op.f("ix_member_group_id"), "member", ["group_id"], unique=False)
    op.create_index(op.f("ix_member_member_id"), "member", ["member_id"], unique=False)


def create_document() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("n", sa.SmallInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", AT, nullable=False),
        sa.CheckConstraint("n > 0", name=op.f("ck_document_n")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_document_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "application_id", "kind", "n", name=op.f("uq_document_application_id_kind_n")
        ),
    )


def create_paper() -> None:
    op.create_table(
        "paper",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("when", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", AT, nullable=True),
        sa.Column("keeps_priority", sa.Boolean(), nullable=False),
        sa.Column("received_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_paper_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "kind", name=op.f("pk_paper")),
    )


def create_receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("short_code", sa.Text(), nullable=False),
        sa.Column("issued_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_receipt_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("application_id", "kind", name=op.f("uq_receipt_application_id_kind")),
        sa.UniqueConstraint("short_code", name=op.f("uq_receipt_short_code")),
        comment="append-only: signed receipts as they were issued",
    )


def create_step() -> None:
    op.create_table(
        "step",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("round", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", AT, nullable=False),
        sa.Column("runs_from", AT, nullable=False),
        sa.Column("allowed", JSONB(), nullable=False),
        sa.Column("silence", sa.Text(), nullable=False),
        sa.Column("stops", JSONB(), nullable=False),
        sa.Column("due_at", AT, nullable=True),
        sa.Column("warn_at", AT, nullable=True),
        sa.Column("warned_at", AT, nullable=True),
        sa.Column("first_due_at", AT, nullable=True),
        sa.Column("stopped_seconds", sa.BigInteger(), nullable=False),
        sa.Column("silence_stage", sa.SmallInteger(), nullable=False),
        sa.Column("former_offices", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("holdings", JSONB(), nullable=False),
        sa.Column("visited_at", AT, nullable=True),
        sa.Column("occupants_notified_at", AT, nullable=True),
        sa.Column("invoice", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("decided_at", AT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_step_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "step", "round", name=op.f("pk_step")),
    )
    op.create_index(
        "ix_step_office_status_due_at", "step", ["office", "status", "due_at"], unique=False
    )
