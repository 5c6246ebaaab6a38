"""Begin the portal: sessions, and what people have typed and not sent yet."""

from alembic import op

from chassis.migrate import create_mode_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_mode_table(op)
    for statement in TABLES.split(";\n\n"):
        op.execute(statement)


TABLES = """
create table session (
  name bytea not null,
  person bytea not null,
  idp_session bytea,
  sealed bytea not null,
  began_at timestamptz not null,
  seen_at timestamptz not null,
  idle_until timestamptz not null,
  ends_at timestamptz not null,
  constraint pk_session primary key (name)
);

create index ix_session_person on session (person);

create index ix_session_idp_session on session (idp_session);

create index ix_session_ends_at on session (ends_at);

create table sheet (
  owner bytea not null,
  key uuid not null,
  name bytea not null,
  digest bytea not null,
  sealed bytea not null,
  kept_at timestamptz not null,
  keep_until timestamptz not null,
  done_at timestamptz,
  constraint pk_sheet primary key (owner, key)
);

create index ix_sheet_owner_name_kept_at on sheet (owner, name, kept_at);

create index ix_sheet_keep_until on sheet (keep_until)
"""
