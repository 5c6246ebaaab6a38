"""Expire an invoice: nobody paid in time, and no payment begun in time can still complete."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.payments.language import InvoiceStatus
from contracts.procedures import ExpireInvoice, LapseAnswer, Tell
from kernel.facts import INVOICE_EXPIRED
from kernel.log.leaf import instant
from kernel.term import GRACE
from services.payments.domain import ledger
from services.payments.domain.invoice import Invoice
from services.payments.domain.payment import Payment
from services.payments.store.invoices import Invoices
from services.payments.store.ledger import write
from services.payments.store.payments import Payments

AGAIN: Final = timedelta(seconds=30)
NONE: Final[Mapping[UUID, datetime | None]] = MappingProxyType({})


def payments_to_ask_about(work: UnitOfWork, asked: ExpireInvoice) -> dict[UUID, datetime | None]:
    """Payments begun in time whose end is not known, and when the provider last spoke of them.

    The provider is asked about them before the expiry.
    """
    invoice = Invoices(work.session).get(asked.subject)
    if not is_proposed(invoice, asked) or work.now < invoice.due_at + GRACE:
        return {}
    return {one.id: one.asked_at for one in in_time(work, invoice)}


def expire_invoice(
    work: UnitOfWork,
    asked: ExpireInvoice,
    answered_before: Mapping[UUID, datetime | None] = NONE,
    *,
    provider_away: bool = False,
) -> LapseAnswer:
    """Compare and set. An answer with `not_before` says when to propose it again.

    `provider_away`: a provider could not be asked just now; then a payment begun in time holds
    the expiry however long that lasts. Otherwise it holds it for a day, and then until the
    provider has said once more that the payer did not answer. The expiry counts from the due
    instant. An invoice that is paid or voided, has another due instant or stands still stays as it
    is.
    """
    invoice = Invoices(work.session).take(asked.subject)
    if not is_proposed(invoice, asked):
        return LapseAnswer()
    if work.now < invoice.due_at + GRACE:
        return LapseAnswer(not_before=invoice.due_at + GRACE)
    waiting = in_time(work, invoice)
    holding = [p for p in waiting if p.holds(invoice.due_at, answered_before.get(p.id))]
    if holding or (waiting and provider_away):
        return LapseAnswer(not_before=work.now + AGAIN)
    return LapseAnswer(seq=close_unpaid(work, invoice))


def close_unpaid(work: UnitOfWork, invoice: Invoice) -> int:
    """End it as of its due instant: the number of the fact in the case's journal."""
    invoice.end(InvoiceStatus.EXPIRED, invoice.due_at)
    if invoice.minor:
        entry = ledger.invoice_closed(invoice.id, invoice.money)
        write(work.session, work.new_id(), entry, work.now)
    event = work.record(
        invoice.application_id,
        INVOICE_EXPIRED,
        {
            "invoice": str(invoice.id),
            "code": invoice.code,
            "step": invoice.step,
            "round": invoice.round,
            "due_at": instant(invoice.due_at),
        },
        legal_at=invoice.due_at,
        tell=[Tell.application(invoice.application_id), Tell.invoice(invoice.id)],
        edition=invoice.edition_ref(),
    )
    return event.seq


def is_proposed(invoice: Invoice, asked: ExpireInvoice) -> bool:
    """Whether this is still the expiry that was proposed."""
    return invoice.open and not invoice.stands_still and invoice.due_at == asked.due_at


def in_time(work: UnitOfWork, invoice: Invoice) -> list[Payment]:
    """Live payments that were begun before the invoice was due."""
    live = Payments(work.session).live(invoice.id)
    return [payment for payment in live if payment.begun_at <= invoice.due_at]
