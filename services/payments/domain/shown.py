"""What invoices, payments and receipts look like to whoever may see them."""

from collections.abc import Mapping
from datetime import datetime

from contracts.payments.wire import (
    Amount,
    InvoiceView,
    LineView,
    PaymentView,
    ReceiptView,
    ShareView,
)
from services.payments.domain.invoice import Invoice, LineOwed, ShareOwed
from services.payments.domain.payment import Payment
from services.payments.domain.receipt import Receipt

Texts = Mapping[str, Mapping[str, str]]


def titles(texts: Texts, key: str) -> dict[str, str]:
    """The words of a text key by language; the key itself stands in where there are none."""
    return dict(texts.get(key) or {"en": key})


def show_line(line: LineOwed, currency: str, texts: Texts) -> LineView:
    return LineView(
        id=line["id"],
        titles=titles(texts, line["title"]),
        basis=line["basis"],
        quantity=line["quantity"],
        rate=Amount(minor=line["rate"], currency=currency),
        amount=Amount(minor=line["minor"], currency=currency),
    )


def show_share(share: ShareOwed, currency: str, texts: Texts) -> ShareView:
    return ShareView(
        beneficiary=share["beneficiary"],
        titles=titles(texts, share["title"]),
        basis_points=share["basis_points"],
        amount=Amount(minor=share["minor"], currency=currency),
    )


def show_invoice(
    invoice: Invoice, receipt: Receipt | None, texts: Texts, now: datetime, *, whole: bool
) -> InvoiceView:
    """`whole` for its own people; others see what they need to pay it, and nothing of its case."""
    currency = invoice.currency
    return InvoiceView(
        id=invoice.id,
        code=invoice.code,
        application=invoice.application_id if whole else None,
        application_code=invoice.application_code if whole else None,
        step=invoice.step if whole else None,
        round=invoice.round if whole else None,
        fee=invoice.fee,
        titles=titles(texts, invoice.title),
        amount=Amount(minor=invoice.minor, currency=currency),
        due_at=invoice.due_at,
        stands_still=invoice.stands_still,
        status=invoice.status,
        raised_at=invoice.raised_at if whole else None,
        ended_at=invoice.ended_at if whole else None,
        lines=[show_line(line, currency, texts) for line in invoice.lines] if whole else [],
        shares=[show_share(one, currency, texts) for one in invoice.shares] if whole else [],
        receipt=receipt.code if receipt is not None and whole else None,
        as_of=now,
    )


def show_payment(payment: Payment) -> PaymentView:
    """Without the number of whoever pays."""
    return PaymentView(
        id=payment.id,
        invoice=payment.invoice_id,
        provider=payment.provider,
        amount=Amount(minor=payment.minor, currency=payment.currency),
        status=payment.status,
        begun_at=payment.begun_at,
        completed_at=payment.completed_at,
        provider_ref=payment.provider_ref,
        used_for=payment.used_for,
        reason=payment.reason,
    )


def show_receipt(receipt: Receipt) -> ReceiptView:
    return ReceiptView(
        code=receipt.code,
        number=receipt.number,
        short_code=receipt.short_code,
        invoice=receipt.invoice_id,
        amount=Amount(minor=receipt.minor, currency=receipt.currency),
        paid_at=receipt.paid_at,
        issued_at=receipt.issued_at,
        body=receipt.body,
        key=receipt.key,
        signature=receipt.signature,
    )
