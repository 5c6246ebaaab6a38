"""Reverse a payment: the provider took back money that had been posted here."""

from typing import Final

from chassis.unit_of_work import UnitOfWork
from contracts.payments.language import HeldBecause, UsedFor
from kernel.money import Money
from services.payments.domain import ledger
from services.payments.domain.invoice import Invoice
from services.payments.domain.payment import Payment
from services.payments.domain.share import HeldMoney
from services.payments.store.ledger import write
from services.payments.store.payments import Payments

REVERSED: Final = "payment.reversed"


def reverse_payment(work: UnitOfWork, invoice: Invoice, payment: Payment) -> None:
    """Undo the posting in the books.

    Held money is owed to nobody any more. An invoice that was paid with it stays paid, for a
    receipt was given: the loss is listed and an officer decides what follows.
    """
    held = Payments(work.session).held(payment.id)
    money = invoice.money if held is None else Money(held.minor, held.currency)
    entry = ledger.payment_reversed(
        payment.id,
        money,
        payment.provider,
        payment.provider_ref,
        held=payment.used_for is UsedFor.HELD,
    )
    write(work.session, work.new_id(), entry, work.now)
    if held is not None:
        held.refund_due, held.ended_at = False, work.now
    else:
        work.session.add(loss(work, invoice, payment))
    work.record(
        invoice.id,
        REVERSED,
        {
            "payment": str(payment.id),
            "invoice": invoice.code,
            "minor": money.minor,
            "currency": money.currency,
            "provider": payment.provider,
            "provider_ref": payment.provider_ref,
        },
    )


def loss(work: UnitOfWork, invoice: Invoice, payment: Payment) -> HeldMoney:
    """The line of the unmatched list that tells of money taken back."""
    return HeldMoney(
        id=work.new_id(),
        payment_id=payment.id,
        invoice_id=invoice.id,
        because=HeldBecause.REVERSED,
        minor=-invoice.minor,
        currency=invoice.currency,
        provider=payment.provider,
        provider_ref=payment.provider_ref,
        refund_due=False,
        held_at=work.now,
    )
