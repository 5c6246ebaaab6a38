"""Hold a payment: money that came and matches no open invoice is kept for whoever sent it."""

from typing import Final

from chassis.unit_of_work import UnitOfWork
from contracts.payments.language import HeldBecause
from kernel.money import Money
from services.payments.domain import ledger
from services.payments.domain.invoice import Invoice
from services.payments.domain.payment import Payment
from services.payments.domain.share import HeldMoney
from services.payments.store.ledger import write

HELD: Final = "payment.held"


def hold_payment(
    work: UnitOfWork, invoice: Invoice, payment: Payment, money: Money, because: HeldBecause
) -> HeldMoney:
    """Post it as unapplied and list it as to be refunded: it is never lost and never a fee."""
    entry = ledger.payment_held(payment.id, money, payment.provider, payment.provider_ref)
    write(work.session, work.new_id(), entry, work.now)
    held = HeldMoney(
        id=work.new_id(),
        payment_id=payment.id,
        invoice_id=invoice.id,
        because=because,
        minor=money.minor,
        currency=money.currency,
        provider=payment.provider,
        provider_ref=payment.provider_ref,
        refund_due=True,
        held_at=work.now,
    )
    work.session.add(held)
    work.record(
        invoice.id,
        HELD,
        {
            "payment": str(payment.id),
            "invoice": invoice.code,
            "because": because.value,
            "minor": money.minor,
            "currency": money.currency,
            "provider": payment.provider,
            "provider_ref": payment.provider_ref,
        },
    )
    return held
