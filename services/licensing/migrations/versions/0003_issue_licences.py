"""Issue licences: issuance, licences, certificates, appointments and calendar changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

AT = sa.DateTime(timezone=True)
revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    create_issuance()
    create_licence_number()
    create_licence()
    create_certificate()
    create_appointment_act()
    create_calendar_entry()
    op.execute(LICENCES)
    op.execute(DUE)


LICENCES = """
create view audit_v1.licences as
  select code, application_id, licence_type as type, valid_from, valid_to, status
  from public.licence
"""
DUE = """
create view audit_v1.due as
  select due_at as at from public.step where status = 'open' and kind <> 'fee'
  union all
  select warn_at from public.step where status = 'open' and kind <> 'fee' and warned_at is null
  union all
  select reply_due_at from public.information_request where status = 'open'
  union all
  select since from public.appointment_act where status = 'approved'
  union all
  select until from public.appointment_act where status in ('approved', 'ended')
"""


def create_issuance() -> None:
    op.create_table(
        "issuance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("licence_code", sa.Text(), nullable=True),
        sa.Column("valid_from", AT, nullable=True),
        sa.Column("valid_to", AT, nullable=True),
        sa.Column("requested_at", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_issuance_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuance")),
        sa.UniqueConstraint(
            "application_id", "round", name=op.f("uq_issuance_application_id_round")
        ),
        sa.UniqueConstraint("licence_code", name=op.f("uq_issuance_licence_code")),
    )


def create_licence_number() -> None:
    op.create_table(
        "licence_number",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_licence_number")),
    )


def create_licence() -> None:
    op.create_table(
        "licence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("issuance_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("licence_type", sa.Text(), nullable=False),
        sa.Column("minerals", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("hectares", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("geometry_hash", sa.Text(), nullable=True),
        sa.Column("may_sell", sa.Boolean(), nullable=False),
        sa.Column("quantity_per_period", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("valid_from", AT, nullable=False),
        sa.Column("valid_to", AT, nullable=False),
        sa.Column("issued_at", AT, nullable=False),
        sa.Column("edition_hash", sa.Text(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.Column("logged", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_licence_ends_after_it_began")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_licence_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["issuance_id"], ["issuance.id"], name=op.f("fk_licence_issuance_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_licence_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence")),
        sa.UniqueConstraint("application_id", name=op.f("uq_licence_application_id")),
        sa.UniqueConstraint("code", name=op.f("uq_licence_code")),
    )
    op.create_index("ix_licence_office_status", "licence", ["office", "status"], unique=False)
    op.create_index(op.f("ix_licence_party_id"), "licence", ["party_id"], unique=False)


def create_certificate() -> None:
    op.create_table(
        "certificate",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("qr", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licence.id"], name=op.f("fk_certificate_licence_id")
        ),
        sa.PrimaryKeyConstraint("licence_id", name=op.f("pk_certificate")),
        comment="append-only: certificates as they were made",
    )


def create_appointment_act() -> None:
    op.create_table(
        "appointment_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("powers", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("until", AT, nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", AT, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", AT, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "approved_by is null or approved_by not in (proposed_by, person)",
            name=op.f("ck_appointment_act_two_people"),
        ),
        sa.CheckConstraint(
            "until is null or until >= since", name=op.f("ck_appointment_act_ends_after_it_began")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_act")),
    )
    op.create_index(
        "ix_appointment_act_office", "appointment_act", ["office", "status"], unique=False
    )
    op.create_index(op.f("ix_appointment_act_person"), "appointment_act", ["person"], unique=False)


def create_calendar_entry() -> None:
    op.create_table(
        "calendar_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("begins", AT, nullable=True),
        sa.Column("ends", AT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", AT, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", AT, nullable=True),
        sa.CheckConstraint(
            "(kind = 'holiday') = (day is not null)", name=op.f("ck_calendar_entry_a_day_or_a_span")
        ),
        sa.CheckConstraint(
            "approved_by is null or approved_by <> proposed_by",
            name=op.f("ck_calendar_entry_two_people"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entry")),
        sa.UniqueConstraint("version", name=op.f("uq_calendar_entry_version")),
    )
