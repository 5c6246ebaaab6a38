"""Reverse a payment: the provider took back money that had been posted here."""

from typing import Final

from chassis.unit_of_work import UnitOfWork
from contracts.payments.language import HeldBecause, ShareStatus, UsedFor
from kernel.money import Money
from services.payments.domain import ledger
from services.payments.domain.invoice import Invoice
from services.payments.domain.payment import Payment
from services.payments.domain.share import HeldMoney, Share
from services.payments.store.ledger import write
from services.payments.store.payments import Payments
from services.payments.store.shares import Shares

REVERSED: Final = "payment.reversed"


def reverse_payment(work: UnitOfWork, invoice: Invoice, payment: Payment) -> None:
    """Undo the posting in the books.

    Held money is owed to nobody any more. An invoice that was paid with it stays paid, for a
    receipt was given: the loss is listed and an officer decides what follows. Shares of it that
    nobody has been told to pay out are held; those that a provider or the treasury was told of
    are part of the loss.
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
    stopped: list[Share] = []
    if held is not None:
        held.refund_due, held.ended_at = False, work.now
    else:
        stopped = hold_shares(work, invoice)
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
            "held": [{"beneficiary": one.beneficiary, "minor": one.minor} for one in stopped],
        },
    )


def hold_shares(work: UnitOfWork, invoice: Invoice) -> list[Share]:
    """Keep back what is not on its way to its beneficiary yet."""
    stopped = list(Shares(work.session).due_of(invoice.id))
    for share in stopped:
        share.status = ShareStatus.HELD
    return stopped


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
