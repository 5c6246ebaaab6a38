"""Begin messages: subscribers, sign-ins on their way, and notices with their delivery."""

from alembic import op

from chassis.migrate import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op)
    for statements in (TOLD, SIGNED_IN, VIEWS):
        for statement in statements.split(";\n\n"):
            op.execute(statement)


TOLD = """
create table subscriber (
  id uuid not null,
  phone text not null,
  language text not null,
  created_at timestamptz not null,
  blocked_at timestamptz,
  released_at timestamptz,
  constraint pk_subscriber primary key (id)
);

create unique index uq_subscriber_phone on subscriber (phone) where released_at is null;

create table notice (
  id uuid not null,
  kind text not null,
  addressee text not null,
  case_id uuid,
  channel text,
  edition text not null,
  params jsonb not null,
  report_word text not null,
  created_at timestamptz not null,
  language text,
  next_try timestamptz,
  attempts integer not null,
  provider_ref text,
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  failed_at timestamptz,
  failed text,
  next_look timestamptz,
  looks integer not null,
  constraint pk_notice primary key (id)
);

create index ix_notice_case_id_id on notice (case_id, id);

create index ix_notice_addressee_id on notice (addressee, id);

create index ix_notice_next_try on notice (channel, next_try, id) where next_try is not null;

create index ix_notice_next_look on notice (next_look) where next_look is not null
"""

SIGNED_IN = """
create table one_time_code (
  id uuid not null,
  phone text not null,
  notice_id uuid not null,
  hash bytea not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  tries integer not null,
  used_at timestamptz,
  constraint pk_one_time_code primary key (id),
  constraint fk_one_time_code_notice_id foreign key (notice_id) references notice (id)
);

create index ix_one_time_code_expires_at on one_time_code (expires_at);

create table sign_in (
  ticket_hash bytea not null,
  browser_hash bytea not null,
  redirect_uri text not null,
  state text,
  nonce text,
  challenge text not null,
  language text not null,
  begun_at timestamptz not null,
  expires_at timestamptz not null,
  phone text,
  code_id uuid,
  constraint pk_sign_in primary key (ticket_hash)
);

create index ix_sign_in_expires_at on sign_in (expires_at);

create table authorization_code (
  hash bytea not null,
  subscriber_id uuid not null,
  redirect_uri text not null,
  nonce text,
  challenge text not null,
  auth_time timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint pk_authorization_code primary key (hash),
  constraint fk_authorization_code_subscriber_id
    foreign key (subscriber_id) references subscriber (id)
);

create index ix_authorization_code_expires_at on authorization_code (expires_at)
"""

VIEWS = """
create view audit_v1.notices as
  select id, case_id as "case", kind, channel, created_at, sent_at, delivered_at, failed
  from public.notice
"""
