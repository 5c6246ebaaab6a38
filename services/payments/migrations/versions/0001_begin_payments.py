"""Begin payments: invoices, payments, the ledger with its guarantee, receipts and shares."""

from alembic import op

from chassis.migrate import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op)
    for statements in (ASKED, CAME, BOOKED, SHARED, GUARANTEES, VIEWS):
        for statement in statements.split(";\n\n"):
            op.execute(statement)


ASKED = """
create table number_head (
  series text not null constraint pk_number_head primary key,
  last bigint not null
);

create table invoice (
  id uuid not null constraint pk_invoice primary key,
  number bigint not null constraint uq_invoice_number unique,
  code text not null constraint uq_invoice_code unique,
  application_id uuid not null,
  application_code text not null,
  step text not null,
  round integer not null,
  fee text not null,
  title text not null,
  article text not null,
  licence_type text not null,
  lines jsonb not null,
  shares jsonb not null,
  mode text not null,
  minor bigint not null constraint ck_invoice_minor check (minor >= 0),
  currency char(3) not null,
  due_at timestamptz not null,
  remind_at timestamptz[] not null,
  payer text,
  raised_at timestamptz not null,
  edition jsonb not null,
  status text not null,
  ended_at timestamptz,
  ended_because text,
  reminded integer not null,
  constraint uq_invoice_application_id_step_round unique (application_id, step, round),
  constraint ck_invoice_open_or_ended check ((status = 'open') = (ended_at is null))
);

create index ix_invoice_payer_raised_at on invoice (payer, raised_at);

create index ix_invoice_open on invoice (due_at) where status = 'open'
"""

CAME = """
create table payment_intent (
  id uuid not null constraint pk_payment_intent primary key,
  invoice_id uuid not null constraint fk_payment_intent_invoice_id references invoice,
  provider text not null,
  msisdn text not null,
  minor bigint not null constraint ck_payment_intent_minor check (minor > 0),
  currency char(3) not null,
  begun_by text,
  begun_at timestamptz not null,
  next_ask timestamptz,
  status text not null,
  asks integer not null,
  asked_at timestamptz,
  provider_ref text,
  completed_at timestamptz,
  used_for text,
  reason text
);

create index ix_payment_intent_invoice_id on payment_intent (invoice_id);

create index ix_payment_intent_next_ask on payment_intent (next_ask) where next_ask is not null;

create index ix_payment_intent_provider_ref on payment_intent (provider, provider_ref);

create table callback_hint (
  id uuid not null constraint pk_callback_hint primary key,
  provider text not null,
  reference text not null,
  payment_id uuid,
  claimed text not null,
  claimed_amount text,
  body_hash bytea not null,
  received_at timestamptz not null,
  verdict text not null,
  times integer not null,
  constraint uq_callback_hint_provider_reference_body_hash unique (provider, reference, body_hash)
);

create index ix_callback_hint_payment_id on callback_hint (payment_id);

create table held_money (
  id uuid not null constraint pk_held_money primary key,
  payment_id uuid not null constraint fk_held_money_payment_id references payment_intent,
  invoice_id uuid not null constraint fk_held_money_invoice_id references invoice,
  because text not null,
  minor bigint not null,
  currency char(3) not null,
  provider text not null,
  provider_ref text,
  refund_due boolean not null,
  held_at timestamptz not null,
  ended_at timestamptz
);

create index ix_held_money_payment_id on held_money (payment_id);

create index ix_held_money_open on held_money (held_at, id) where ended_at is null
"""

BOOKED = """
create table account (
  name text not null constraint pk_account primary key,
  opened_at timestamptz not null
);

comment on table account is 'append-only: the chart of accounts';

create table ledger_transaction (
  id uuid not null constraint pk_ledger_transaction primary key,
  kind text not null,
  business_id uuid not null,
  lines integer not null constraint ck_ledger_transaction_lines check (lines >= 2),
  provider text,
  provider_ref text,
  at timestamptz not null,
  constraint uq_ledger_transaction_kind_business_id unique (kind, business_id)
);

create unique index uq_ledger_transaction_money_in on ledger_transaction (provider, provider_ref)
  where kind in ('payment', 'payment-held') and provider_ref is not null;

comment on table ledger_transaction is 'append-only: why money moved in the books';

create table ledger_line (
  id bigint generated always as identity constraint pk_ledger_line primary key,
  transaction_id uuid not null
    constraint fk_ledger_line_transaction_id references ledger_transaction,
  account text not null constraint fk_ledger_line_account references account,
  minor bigint not null constraint ck_ledger_line_minor check (minor <> 0),
  currency char(3) not null
);

create index ix_ledger_line_transaction_id on ledger_line (transaction_id);

create index ix_ledger_line_account_id on ledger_line (account, id);

comment on table ledger_line is 'append-only: double entry, more than zero for debit';

create table receipt (
  id uuid not null constraint pk_receipt primary key,
  number bigint not null constraint uq_receipt_number unique,
  code text not null constraint uq_receipt_code unique,
  short_code text not null,
  invoice_id uuid not null
    constraint uq_receipt_invoice_id unique constraint fk_receipt_invoice_id references invoice,
  payment_id uuid constraint fk_receipt_payment_id references payment_intent,
  minor bigint not null,
  currency char(3) not null,
  body jsonb not null,
  key text not null,
  signature text not null,
  paid_at timestamptz not null,
  issued_at timestamptz not null
);

comment on table receipt is 'append-only: receipts as they were signed'
"""

SHARED = """
create table payout_batch (
  id uuid not null constraint pk_payout_batch primary key,
  provider text not null,
  begun_at timestamptz not null,
  next_ask timestamptz,
  status text not null,
  asks integer not null
);

create index ix_payout_batch_next_ask on payout_batch (next_ask) where next_ask is not null;

create table payment_schedule (
  id uuid not null constraint pk_payment_schedule primary key,
  number bigint not null constraint uq_payment_schedule_number unique,
  body jsonb not null,
  key text not null,
  signature text not null,
  issued_at timestamptz not null
);

comment on table payment_schedule is 'append-only: what the treasury was told to pay, as signed';

create table split_instruction (
  id uuid not null constraint pk_split_instruction primary key,
  invoice_id uuid not null constraint fk_split_instruction_invoice_id references invoice,
  beneficiary text not null,
  basis_points integer not null,
  minor bigint not null constraint ck_split_instruction_minor check (minor > 0),
  currency char(3) not null,
  mode text not null,
  pays_into text not null,
  provider text,
  posted_at timestamptz not null,
  status text not null,
  batch_id uuid constraint fk_split_instruction_batch_id references payout_batch,
  position integer,
  schedule_id uuid constraint fk_split_instruction_schedule_id references payment_schedule,
  ended_at timestamptz,
  constraint uq_split_instruction_invoice_id_beneficiary unique (invoice_id, beneficiary)
);

create index ix_split_instruction_batch_id on split_instruction (batch_id);

create index ix_split_instruction_due on split_instruction (posted_at, id) where status = 'due'
"""

# A transaction counts its lines: pairs that balance cannot be added to an old one either.
GUARANTEES = """
create function ledger_balances() returns trigger language plpgsql set search_path = public as $$
declare
  tx uuid;
begin
  if tg_table_name = 'ledger_line' then
    tx := new.transaction_id;
  else
    tx := new.id;
  end if;
  if exists (
    select 1 from ledger_line where transaction_id = tx group by currency having sum(minor) <> 0
  ) then
    raise exception 'ledger transaction % does not balance', tx using errcode = '23514';
  end if;
  if (select count(*) from ledger_line where transaction_id = tx)
      <> (select lines from ledger_transaction where id = tx) then
    raise exception 'ledger transaction % has other lines than it says', tx
      using errcode = '23514';
  end if;
  return null;
end $$;

create constraint trigger ledger_line_balances after insert on ledger_line
  deferrable initially deferred for each row execute function ledger_balances();

create constraint trigger ledger_transaction_balances after insert on ledger_transaction
  deferrable initially deferred for each row execute function ledger_balances();

create function ledger_is_written_once() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is written once and never changed' using errcode = '23514';
end $$;

create trigger ledger_line_written_once before update or delete or truncate on ledger_line
  for each statement execute function ledger_is_written_once();

create trigger ledger_transaction_written_once
  before update or delete or truncate on ledger_transaction
  for each statement execute function ledger_is_written_once()
"""

VIEWS = """
create view audit_v1.beneficiary_lines as
  select l.id, substr(l.account, 9) as beneficiary, t.kind, t.business_id, -l.minor as minor,
         l.currency, t.at
  from public.ledger_line l join public.ledger_transaction t on t.id = l.transaction_id
  where l.account like 'payable:%';

create view audit_v1.ledger_lines as
  select t.id as tx, l.account, l.minor, l.currency, t.business_id, t.provider, t.provider_ref,
         t.at, t.kind
  from public.ledger_line l join public.ledger_transaction t on t.id = l.transaction_id;

create view audit_v1.invoices as
  select id, code, application_id, application_code, step, round, fee, minor, currency, due_at,
         status, raised_at, ended_at
  from public.invoice;

create view audit_v1.receipts as
  select id, number, code, invoice_id, minor, currency, body, key, signature, paid_at, issued_at
  from public.receipt;

create view audit_v1.due as
  select due_at as at from public.invoice where status = 'open'
  union all
  select unnest(remind_at) from public.invoice where status = 'open'
"""
