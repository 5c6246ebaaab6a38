"""Begin a payment: the intent is recorded before any provider hears of it."""

from typing import Final

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from contracts.payments.wire import NewPayment
from kernel.log.leaf import instant
from services.payments.domain.access import must_find
from services.payments.domain.payment import (
    AT_ONCE,
    FIRST_LOOK,
    Payment,
    TooManyPaymentsUnderWay,
)
from services.payments.store.invoices import Invoices
from services.payments.store.payments import Payments

BEGUN: Final = "payment.begun"


def begin_payment(work: UnitOfWork, ref: str, asked: NewPayment) -> Payment:
    """Record that somebody wants to pay an invoice; it counts as begun from here on.

    Anybody may pay an invoice whose code they know, and gains no right by it. Raises NotFound,
    InvoiceNotOpen, TimeIsUp, TooManyPaymentsUnderWay.
    """
    invoice = Invoices(work.session).take(ref)
    must_find(invoice, ref, work.actor, work.now)
    invoice.must_be_payable(work.now)
    if Payments(work.session).count_live(invoice.id) >= AT_ONCE:
        raise TooManyPaymentsUnderWay("Wait until one of them has ended", under_way=AT_ONCE)
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
