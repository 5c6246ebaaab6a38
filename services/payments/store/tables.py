"""Payments' tables: what is due, what came, the books, the receipts and the shares."""

from sqlalchemy import (
    ARRAY,
    CHAR,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.database import StrEnumType, new_metadata
from chassis.tables import INSTANT, chassis_tables
from contracts.payments.language import (
    BatchStatus,
    EntryKind,
    HeldBecause,
    InvoiceStatus,
    PaymentStatus,
    ShareStatus,
    UsedFor,
    Verdict,
)
from kernel.law.fees import SplitMode

metadata = new_metadata()
chassis_tables(metadata)

number_head = Table(
    "number_head",
    metadata,
    Column("series", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
)
invoice = Table(
    "invoice",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("code", Text, nullable=False, unique=True),
    Column("application_id", Uuid, nullable=False),
    Column("application_code", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("fee", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("article", Text, nullable=False),
    Column("licence_type", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("shares", JSONB, nullable=False),
    Column("mode", StrEnumType(SplitMode), nullable=False),
    Column("minor", BigInteger, CheckConstraint("minor >= 0", "minor"), nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("due_at", INSTANT, nullable=False),
    Column("remind_at", ARRAY(INSTANT), nullable=False),
    Column("payer", Text),
    Column("raised_at", INSTANT, nullable=False),
    Column("edition", JSONB, nullable=False),
    Column("status", StrEnumType(InvoiceStatus), nullable=False),
    Column("ended_at", INSTANT),
    Column("ended_because", Text),
    Column("reminded", Integer, nullable=False),
    Column("stands_still", Boolean, nullable=False, server_default="false"),
    Column("offices", JSONB, nullable=False, server_default="{}"),
    UniqueConstraint("application_id", "step", "round"),
    CheckConstraint("(status = 'open') = (ended_at is null)", "open_or_ended"),
    Index(None, "payer", "raised_at"),
    Index("ix_invoice_raised_at_id", "raised_at", "id"),
)
Index("ix_invoice_open", invoice.c.due_at, postgresql_where=text("status = 'open'"))

payment_intent = Table(
    "payment_intent",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("invoice_id", ForeignKey("invoice.id"), nullable=False, index=True),
    Column("provider", Text, nullable=False),
    Column("msisdn", Text, nullable=False),
    Column("minor", BigInteger, CheckConstraint("minor > 0", "minor"), nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("begun_by", Text),
    Column("begun_at", INSTANT, nullable=False),
    Column("next_ask", INSTANT),
    Column("status", StrEnumType(PaymentStatus), nullable=False),
    Column("asks", Integer, nullable=False),
    Column("asked_at", INSTANT),
    Column("provider_ref", Text),
    Column("completed_at", INSTANT),
    Column("used_for", StrEnumType(UsedFor)),
    Column("reason", Text),
    Column("answers", Integer, nullable=False, server_default="0"),
    Column("hints", Integer, nullable=False, server_default="0"),
    Column("last_look", INSTANT),
)
Index(
    "ix_payment_intent_next_ask",
    payment_intent.c.next_ask,
    postgresql_where=payment_intent.c.next_ask.is_not(None),
)
Index(None, payment_intent.c.begun_by, payment_intent.c.begun_at)
Index(None, payment_intent.c.msisdn, payment_intent.c.begun_at)
Index("ix_payment_intent_provider_ref", payment_intent.c.provider, payment_intent.c.provider_ref)

callback_hint = Table(
    "callback_hint",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("payment_id", Uuid, index=True),
    Column("claimed", Text, nullable=False),
    Column("claimed_amount", Text),
    Column("body_hash", LargeBinary, nullable=False),
    Column("received_at", INSTANT, nullable=False),
    Column("verdict", StrEnumType(Verdict), nullable=False),
    Column("times", Integer, nullable=False),
    UniqueConstraint("provider", "reference", "body_hash"),
)
callback_tally = Table(
    "callback_tally",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("verdict", StrEnumType(Verdict), primary_key=True),
    Column("times", BigInteger, nullable=False),
)
held_money = Table(
    "held_money",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("payment_id", ForeignKey("payment_intent.id"), nullable=False, index=True),
    Column("invoice_id", ForeignKey("invoice.id"), nullable=False),
    Column("because", StrEnumType(HeldBecause), nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("provider", Text, nullable=False),
    Column("provider_ref", Text),
    Column("refund_due", Boolean, nullable=False),
    Column("held_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
)
Index(
    "ix_held_money_open",
    held_money.c.held_at,
    held_money.c.id,
    postgresql_where=held_money.c.ended_at.is_(None),
)

account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("opened_at", INSTANT, nullable=False),
    comment="append-only: the chart of accounts",
)
ledger_transaction = Table(
    "ledger_transaction",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", StrEnumType(EntryKind), nullable=False),
    Column("business_id", Uuid, nullable=False),
    Column("lines", Integer, CheckConstraint("lines >= 2", "lines"), nullable=False),
    Column("provider", Text),
    Column("provider_ref", Text),
    Column("at", INSTANT, nullable=False),
    UniqueConstraint("kind", "business_id"),
    comment="append-only: why money moved in the books",
)
Index(
    "uq_ledger_transaction_money_in",
    ledger_transaction.c.provider,
    ledger_transaction.c.provider_ref,
    unique=True,
    postgresql_where=text("kind in ('payment', 'payment-held') and provider_ref is not null"),
)
ledger_line = Table(
    "ledger_line",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("transaction_id", ForeignKey("ledger_transaction.id"), nullable=False, index=True),
    Column("account", ForeignKey("account.name"), nullable=False),
    Column("minor", BigInteger, CheckConstraint("minor <> 0", "minor"), nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Index(None, "account", "id"),
    comment="append-only: double entry, more than zero for debit",
)

receipt = Table(
    "receipt",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("code", Text, nullable=False, unique=True),
    Column("short_code", Text, nullable=False),
    Column("invoice_id", ForeignKey("invoice.id"), nullable=False, unique=True),
    Column("payment_id", ForeignKey("payment_intent.id")),
    Column("minor", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("body", JSONB, nullable=False),
    Column("key", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("paid_at", INSTANT, nullable=False),
    Column("issued_at", INSTANT, nullable=False, index=True),
    comment="append-only: receipts as they were signed",
)

payout_batch = Table(
    "payout_batch",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("begun_at", INSTANT, nullable=False),
    Column("next_ask", INSTANT),
    Column("status", StrEnumType(BatchStatus), nullable=False),
    Column("asks", Integer, nullable=False),
)
Index(
    "ix_payout_batch_next_ask",
    payout_batch.c.next_ask,
    postgresql_where=payout_batch.c.next_ask.is_not(None),
)
payment_schedule = Table(
    "payment_schedule",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("body", JSONB, nullable=False),
    Column("key", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("issued_at", INSTANT, nullable=False),
    comment="append-only: what the treasury was told to pay, as signed",
)
split_instruction = Table(
    "split_instruction",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("invoice_id", ForeignKey("invoice.id"), nullable=False),
    Column("beneficiary", Text, nullable=False),
    Column("basis_points", Integer, nullable=False),
    Column("minor", BigInteger, CheckConstraint("minor > 0", "minor"), nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("mode", StrEnumType(SplitMode), nullable=False),
    Column("pays_into", Text, nullable=False),
    Column("provider", Text),
    Column("posted_at", INSTANT, nullable=False),
    Column("status", StrEnumType(ShareStatus), nullable=False),
    Column("batch_id", ForeignKey("payout_batch.id"), index=True),
    Column("position", Integer),
    Column("schedule_id", ForeignKey("payment_schedule.id")),
    Column("ended_at", INSTANT),
    UniqueConstraint("invoice_id", "beneficiary"),
)
Index(
    "ix_split_instruction_due",
    split_instruction.c.posted_at,
    split_instruction.c.id,
    postgresql_where=text("status = 'due'"),
)
