"""Begin a payment: the intent is recorded before any provider hears of it."""

from typing import Final

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from contracts.payments.wire import NewPayment
from kernel.log.leaf import instant
from services.payments.domain.access import is_own, must_find
from services.payments.domain.invoice import Invoice
from services.payments.domain.payment import (
    FIRST_LOOK,
    HOUR,
    LIMITS,
    Limits,
    Payment,
    TooManyPaymentsUnderWay,
    must_be_few,
)
from services.payments.store.invoices import Invoices
from services.payments.store.payments import Payments

BEGUN: Final = "payment.begun"


def begin_payment(
    work: UnitOfWork, ref: str, asked: NewPayment, limits: Limits = LIMITS
) -> Payment:
    """Record that somebody wants to pay an invoice; it counts as begun from here on.

    Anybody may pay an invoice whose code they know, and gains no right by it; nobody's payments
    count against anybody else. Raises NotFound, InvoiceNotOpen, TimeIsUp,
    TooManyPaymentsUnderWay, TooMany.
    """
    invoice = Invoices(work.session).take(ref)
    must_find(invoice, ref, work.actor, work.now)
    invoice.must_be_payable(work.now)
    must_not_crowd(work, limits, invoice, asked.msisdn)
    payment = Payment(
        id=work.new_id(),
        invoice_id=invoice.id,
        provider=asked.provider,
        msisdn=asked.msisdn,
        minor=invoice.minor,
        currency=invoice.currency,
        begun_by=work.actor.person,
        begun_at=work.now,
        next_ask=around(work.session).clock.real_now() + FIRST_LOOK,
    )
    work.session.add(payment)
    work.record(
        invoice.id,
        BEGUN,
        {
            "payment": str(payment.id),
            "invoice": invoice.code,
            "provider": payment.provider,
            "minor": payment.minor,
            "currency": payment.currency,
            "begun_at": instant(payment.begun_at),
        },
    )
    return payment


def must_not_crowd(work: UnitOfWork, limits: Limits, invoice: Invoice, msisdn: str) -> None:
    """Keep one person from filling an invoice, and phones from being rung without end.

    What strangers do with a phone never keeps its owner from paying an invoice of his own.
    Raises TooManyPaymentsUnderWay and TooMany.
    """
    payments, person = Payments(work.session), work.actor.person
    live = payments.count_live(invoice.id, person)
    if live >= limits.at_once:
        raise TooManyPaymentsUnderWay("Wait until one of them has ended", under_way=live)
    if person is None:
        return
    since = work.now - HOUR
    payments.queue_up(person)
    must_be_few(payments.begun_by(person, since), limits.by_person, work.now)
    payments.queue_up(msisdn)
    if is_own(invoice, work.actor):
        rung = payments.begun_for_oneself(msisdn, person, since)
    else:
        rung = payments.begun_for_others(msisdn, since)
    must_be_few(rung, limits.of_phone, work.now)
