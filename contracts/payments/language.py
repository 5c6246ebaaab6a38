"""Payments' words: the values that stand in its answers, its tables and its screens."""

from enum import StrEnum


class InvoiceStatus(StrEnum):
    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"  # nobody paid before it was due
    VOIDED = "voided"  # the case ended first


class PaymentStatus(StrEnum):
    """Where a payment stands with its provider, as far as the provider itself has said."""

    BEGUN = "begun"  # recorded; the provider may have heard of it or not
    PENDING = "pending"  # the provider waits for the payer
    COMPLETED = "completed"
    FAILED = "failed"
    REVERSED = "reversed"  # completed once, and taken back by the provider
    UNKNOWN = "unknown"  # the provider says that it never heard of it


class UsedFor(StrEnum):
    """What a payment's money was used for."""

    INVOICE = "invoice"
    HELD = "held"  # unapplied: it came too late, twice or in another amount


class HeldBecause(StrEnum):
    """Why money that came is not used for the invoice it was sent for."""

    LATE = "late"  # the invoice had expired
    VOIDED = "voided"  # the invoice had been voided
    PAID_BEFORE = "paid-before"
    WRONG_AMOUNT = "wrong-amount"
    REVERSED = "reversed"  # the provider took back money that an invoice was paid with


class Verdict(StrEnum):
    """What became of a provider's callback; it proves nothing by itself."""

    NOTED = "noted"  # it speaks of a payment of ours: the provider is asked
    UNKNOWN = "unknown"  # it speaks of nothing that was ever begun here
    CONTRADICTED = "contradicted"  # the provider itself says something else


class ShareStatus(StrEnum):
    """How far a beneficiary's share is carried out."""

    DUE = "due"
    ASKED = "asked"  # the provider has been told to pay it out
    SETTLED = "settled"  # the provider has paid it out
    INSTRUCTED = "instructed"  # a signed schedule tells the treasury to pay it
    ACCOUNTED = "accounted"  # it stands in the beneficiary's statement, nothing else is due
    FAILED = "failed"  # the provider refused; an officer must look at it
    HELD = "held"  # the money was taken back before it was passed on; an officer must look at it


class BatchStatus(StrEnum):
    BEGUN = "begun"
    SENT = "sent"
    ENDED = "ended"


class EntryKind(StrEnum):
    """Why a ledger transaction was written."""

    INVOICE_RAISED = "invoice-raised"
    INVOICE_CLOSED = "invoice-closed"  # expired or voided: nothing is due any more
    PAYMENT = "payment"
    PAYMENT_HELD = "payment-held"
    PAYMENT_REVERSED = "payment-reversed"
    SHARE_SETTLED = "share-settled"
    SHARE_INSTRUCTED = "share-instructed"
