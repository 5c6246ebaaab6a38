"""Record a provider's own answer about a payment: the only thing that proves that money moved."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from contracts.payments.language import (
    HeldBecause,
    InvoiceStatus,
    PaymentStatus,
    UsedFor,
    Verdict,
)
from kernel.money import Money
from services.payments.acts.hold_payment import hold_payment
from services.payments.acts.post_payment import post_payment
from services.payments.acts.reverse_payment import reverse_payment
from services.payments.desk import Desk
from services.payments.domain.invoice import Invoice
from services.payments.domain.payment import LIVE, Answer, Heard, Payment
from services.payments.store.invoices import Invoices
from services.payments.store.payments import Payments

log = structlog.get_logger(__name__)

WHY_HELD = {
    InvoiceStatus.PAID: HeldBecause.PAID_BEFORE,
    InvoiceStatus.EXPIRED: HeldBecause.LATE,
    InvoiceStatus.VOIDED: HeldBecause.VOIDED,
}


def record_answer(
    work: UnitOfWork, desk: Desk, payment_id: UUID, answer: Answer, heard: Heard | None = None
) -> bool:
    """Bring a payment to what its provider says, in whatever order and how often it is said.

    Money that came is posted exactly once: to the invoice when it is open and the amount is
    right, otherwise it is held for whoever sent it.

    `heard`: what had been heard of the payment before the provider was asked; None where nobody
    else asks. Compare and set: when another answer was recorded since, nobody knows which is the
    newer one, and nothing is recorded. False then means that the provider is to be asked again.
    A hint that came since is not answered by it.
    """
    payments = Payments(work.session)
    invoice = Invoices(work.session).take(payments.get(payment_id).invoice_id)
    payment = payments.take(payment_id)
    if heard is not None and heard.answers != payment.answers:
        return says_nothing_else(work, payment, answer)
    payment.answers += 1
    payment.asked_at = work.now
    payment.provider_ref = payment.provider_ref or answer.reference
    if answer.status is PaymentStatus.COMPLETED:
        money = desk.money(answer.amount, answer.currency)
        take_money(work, desk, invoice, payment, money, paid_at(work, payment, answer.at))
    elif answer.status is PaymentStatus.REVERSED:
        take_back(work, invoice, payment, answer)
    else:
        keep_asking(work, payment, answer)
    if heard is not None and heard.hints != payment.hints:
        heed_hint(work, payment)
    contradict(desk, payments, payment, answer)
    return True


def heed_hint(work: UnitOfWork, payment: Payment) -> None:
    """Keep a look planned; nothing follows after a payment was taken back."""
    if payment.status is not PaymentStatus.REVERSED:
        payment.look_soon(around(work.session).clock.real_now())


def says_nothing_else(work: UnitOfWork, payment: Payment, answer: Answer) -> bool:
    """Whether an answer of unknown age adds nothing to what is recorded; else a look is planned."""
    nothing = answer.status in LIVE or answer.status is payment.status
    if not nothing:
        payment.look_by(around(work.session).clock.real_now())
    return nothing


def take_money(
    work: UnitOfWork,
    desk: Desk,
    invoice: Invoice,
    payment: Payment,
    money: Money | None,
    at: datetime,
) -> None:
    """Post money that came, once."""
    if payment.used_for is not None:
        rest(work, payment)
        return
    if money is None or money.minor <= 0:
        look_again(work, payment)  # no amount, no entry: the provider is asked again
        return
    payment.status, payment.completed_at = PaymentStatus.COMPLETED, at
    payment.last_look = around(work.session).clock.real_now() + desk.reversible
    rest(work, payment)
    if not invoice.open:
        payment.used_for = UsedFor.HELD
        hold_payment(work, invoice, payment, money, WHY_HELD[invoice.status])
    elif money != invoice.money:
        payment.used_for = UsedFor.HELD
        hold_payment(work, invoice, payment, money, HeldBecause.WRONG_AMOUNT)
    else:
        payment.used_for = UsedFor.INVOICE
        post_payment(work, desk, invoice, payment)


def take_back(work: UnitOfWork, invoice: Invoice, payment: Payment, answer: Answer) -> None:
    """The provider reversed it; money that was never posted needs no entry."""
    before, payment.status = payment.status, PaymentStatus.REVERSED
    rest(work, payment)
    if before is PaymentStatus.REVERSED:
        return
    payment.reason = answer.reason
    if payment.used_for is not None:
        reverse_payment(work, invoice, payment)


def keep_asking(work: UnitOfWork, payment: Payment, answer: Answer) -> None:
    """No money has come so far, as the provider says now."""
    if payment.used_for is not None or payment.status is PaymentStatus.REVERSED:
        says_otherwise(work, payment, answer)
        return
    if answer.status is PaymentStatus.FAILED:
        payment.status, payment.reason, payment.next_ask = answer.status, answer.reason, None
        return
    payment.status = answer.status
    look_again(work, payment)


def says_otherwise(work: UnitOfWork, payment: Payment, answer: Answer) -> None:
    """Of money that had come the provider no longer says so: while it is at work it is asked."""
    if answer.status is PaymentStatus.PENDING:
        return
    rest(work, payment)
    log.warning("provider.contradicts_itself", payment=str(payment.id), says=answer.status.value)


def look_again(work: UnitOfWork, payment: Payment) -> None:
    payment.look_again(around(work.session).clock.real_now())


def rest(work: UnitOfWork, payment: Payment) -> None:
    payment.rest(around(work.session).clock.real_now())


def paid_at(work: UnitOfWork, payment: Payment, told: datetime | None) -> datetime:
    """The legal instant of the payment: the provider's, never before it was begun nor after now."""
    if told is None:
        return work.now
    ahead = timedelta(seconds=around(work.session).clock.offset(work.session))
    return min(max(told + ahead, payment.begun_at), work.now)


def contradict(desk: Desk, payments: Payments, payment: Payment, answer: Answer) -> None:
    """Mark callbacks that claimed what the provider itself does not say."""
    said = desk.money(answer.amount, answer.currency)
    for hint in payments.hints_of(payment.id):
        other_status = hint.claimed != payment.status.value
        claimed = desk.money(hint.claimed_amount, answer.currency)
        other_amount = claimed is not None and said is not None and claimed != said
        if hint.verdict is Verdict.NOTED and (
            other_amount or (other_status and hint.claimed == PaymentStatus.COMPLETED.value)
        ):
            hint.verdict = Verdict.CONTRADICTED
