"""Post a payment: the ledger entry, the split, the receipt and the fact, in one transaction."""

from collections.abc import Iterable
from typing import Final

from chassis.log import Leaf, grow, lock_head
from chassis.unit_of_work import UnitOfWork
from contracts.payments.language import InvoiceStatus
from contracts.procedures import Tell
from kernel.codes import PublicCode, receipt_code
from kernel.facts import INVOICE_PAID
from kernel.log.canonical import canonical
from kernel.log.leaf import instant
from services.payments.desk import Desk
from services.payments.domain import ledger
from services.payments.domain.invoice import Invoice, ShareOwed
from services.payments.domain.notices import to_payer
from services.payments.domain.payment import Payment
from services.payments.domain.receipt import Receipt, receipt_body
from services.payments.domain.share import FIRST, Share
from services.payments.store.invoices import RECEIPTS, next_number
from services.payments.store.ledger import write

PREFIX: Final = "RCT"


def post_payment(work: UnitOfWork, desk: Desk, invoice: Invoice, payment: Payment) -> Receipt:
    """Pay an open invoice with money that came in its exact amount; the invoice is locked."""
    at = payment.completed_at or work.now
    invoice.end(InvoiceStatus.PAID, at)
    entry = ledger.payment(
        payment.id, invoice.money, payment.provider, payment.provider_ref, invoice.shares
    )
    write(work.session, work.new_id(), entry, work.now)
    work.session.add_all(shares(work, invoice, payment))
    number = next_number(work.session, RECEIPTS)
    code = str(PublicCode(PREFIX, desk.today(work.now).year, number))
    paid = paid_payload(invoice, payment, code)
    head = lock_head(work.session, invoice.application_id)
    growth = grow(head, INVOICE_PAID, invoice.application_id, paid)
    receipt = signed(work, desk, invoice, payment, paid, growth.leaf, number, code)
    work.session.add(receipt)
    notices = to_payer(
        invoice,
        work.new_id(),
        "payment-received",
        amount=desk.spell(invoice.money),
        receipt=code,
    )
    work.record(
        invoice.application_id,
        INVOICE_PAID,
        paid | {"short_code": receipt.short_code, "notices": notices},
        legal_at=at,
        tell=[Tell.application(invoice.application_id), Tell.invoice(invoice.id)],
        leaf=growth,
        edition=invoice.edition_ref(),
    )
    return receipt


def shares(work: UnitOfWork, invoice: Invoice, payment: Payment) -> list[Share]:
    """What each beneficiary receives of it; parts of nothing are left out."""
    return [
        Share(
            id=work.new_id(),
            invoice_id=invoice.id,
            beneficiary=owed["beneficiary"],
            basis_points=owed["basis_points"],
            minor=owed["minor"],
            currency=invoice.currency,
            mode=invoice.mode,
            pays_into=owed["pays_into"],
            provider=payment.provider,
            posted_at=work.now,
            status=FIRST[invoice.mode],
        )
        for owed in added_up(invoice.shares)
        if owed["minor"]
    ]


def added_up(shares: Iterable[ShareOwed]) -> list[ShareOwed]:
    """One share for each beneficiary, paid into the first account that was named for it.

    The law no longer names a beneficiary twice in a split; invoices raised before may.
    """
    sums: dict[str, ShareOwed] = {}
    for owed in shares:
        found = sums.setdefault(owed["beneficiary"], owed | {"minor": 0, "basis_points": 0})
        found["minor"] += owed["minor"]
        found["basis_points"] += owed["basis_points"]
    return list(sums.values())


def paid_payload(invoice: Invoice, payment: Payment, code: str) -> dict[str, object]:
    """What the log commits to and the receipt repeats."""
    return {
        "invoice": str(invoice.id),
        "code": invoice.code,
        "step": invoice.step,
        "round": invoice.round,
        "receipt": code,
        "minor": invoice.minor,
        "currency": invoice.currency,
        "paid_at": instant(payment.completed_at or invoice.raised_at),
        "begun_at": instant(payment.begun_at),
        "provider": payment.provider,
        "provider_ref": payment.provider_ref,
    }


def signed(
    work: UnitOfWork,
    desk: Desk,
    invoice: Invoice,
    payment: Payment,
    paid: dict[str, object],
    leaf: Leaf,
    number: int,
    code: str,
) -> Receipt:
    """The receipt, signed before the commit: whoever sees it sees what is in the log."""
    body = receipt_body(
        invoice,
        paid,
        leaf.told(),
        number=number,
        issued_at=leaf.at,
        origin=desk.receipts.about.origin,
        training=desk.training,
    )
    document = desk.receipts.sign(body)
    return Receipt(
        id=work.new_id(),
        number=number,
        code=code,
        short_code=receipt_code(number, canonical(document["body"])),
        invoice_id=invoice.id,
        payment_id=payment.id,
        minor=invoice.minor,
        currency=invoice.currency,
        body=body,
        key=document["key"],
        signature=document["signature"],
        paid_at=payment.completed_at or work.now,
        issued_at=leaf.at,
    )
