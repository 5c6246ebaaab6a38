"""Decide steps: answers, papers, requests, facts of other services, and the day ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

AT = sa.DateTime(timezone=True)
revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_decision()
    create_scan()
    create_paper_decision()
    create_field_note()
    create_information_request()
    create_foreign_fact()
    create_area_state()
    create_day_share()
    op.execute(STEP_FACT)
    op.execute(DECISIONS)
    op.execute(CLOCK_DAYS)


STEP_FACT = """
create view step_fact as
  select s.application_id, s.step, s.round, s.kind, s.agency, s.office, a.licence_type, a.procedure,
         a.filing_seq, s.opened_at, s.first_due_at, s.due_at, s.stopped_seconds, s.silence_stage,
         s.status, s.outcome, s.late, s.decided_at, s.holdings
  from step s join application a on a.id = s.application_id
"""
DECISIONS = """
create view audit_v1.decisions as
  select application_id, step, round, person, office, outcome, recorded_at as at, form, late,
         recorded_by, made_at, published_at, served_at, effective_at
  from public.decision
"""
CLOCK_DAYS = """
create view audit_v1.clock_days as
  select distinct on (application_id, day) application_id, day, party
  from public.day_share order by application_id, day, microseconds desc, party
"""


def create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("article", sa.Text(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("signatory", sa.Text(), nullable=True),
        sa.Column("scan", sa.Text(), nullable=True),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("published_at", AT, nullable=True),
        sa.Column("served_at", AT, nullable=True),
        sa.Column("effective_at", AT, nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(form = 'deemed') = (person is null)", name=op.f("ck_decision_somebody_unless_deemed")
        ),
        sa.CheckConstraint(
            "recorded_by is null or recorded_by <> person", name=op.f("ck_decision_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_decision_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint(
            "application_id", "step", "round", name=op.f("uq_decision_application_id_step_round")
        ),
        comment="append-only: what was answered, by whom, and the five instants of it",
    )
    op.create_index(op.f("ix_decision_person"), "decision", ["person"], unique=False)


def create_scan() -> None:
    op.create_table(
        "scan",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.Column("kept_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_scan_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "step", "sha256", name=op.f("pk_scan")),
        comment="append-only: scans of papers that decisions were signed on",
    )


def create_paper_decision() -> None:
    op.create_table(
        "paper_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("signatory", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signed_at", AT, nullable=False),
        sa.Column("scan", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", AT, nullable=True),
        sa.Column("rejected", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "confirmed_by is null or confirmed_by <> recorded_by",
            name=op.f("ck_paper_decision_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_paper_decision_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_decision")),
    )
    op.create_index(
        "ix_paper_decision_step",
        "paper_decision",
        ["application_id", "step", "round"],
        unique=False,
    )


def create_field_note() -> None:
    op.create_table(
        "field_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_field_note_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_note")),
        comment="append-only: visits, notices to occupants, reasons of hand-over",
    )
    op.create_index(
        op.f("ix_field_note_application_id"), "field_note", ["application_id"], unique=False
    )


def create_information_request() -> None:
    op.create_table(
        "information_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("reply_due_at", AT, nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("pages", JSONB(), nullable=False),
        sa.Column("replied_by", sa.Text(), nullable=True),
        sa.Column("ended_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_information_request_application_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_request")),
    )
    op.create_index(
        "ix_information_request_due",
        "information_request",
        ["reply_due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_information_request_step",
        "information_request",
        ["application_id", "step", "round"],
        unique=False,
    )


def create_foreign_fact() -> None:
    op.create_table(
        "foreign_fact",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_foreign_fact_application_id")
        ),
        sa.PrimaryKeyConstraint(
            "application_id", "source", "source_seq", name=op.f("pk_foreign_fact")
        ),
        comment="append-only: under which number the journal holds another service's fact",
    )


def create_area_state() -> None:
    op.create_table(
        "area_state",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("hectares", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("junior_to", sa.Integer(), nullable=True),
        sa.Column("since", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_area_state_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_area_state")),
    )


def create_day_share() -> None:
    op.create_table(
        "day_share",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("microseconds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "microseconds > 0 and microseconds <= 86400000000",
            name=op.f("ck_day_share_within_a_day"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_day_share_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "day", "party", name=op.f("pk_day_share")),
    )
