"""A receipt: signed proof that an invoice was paid, in a series without gaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.log.leaf import instant
from services.payments.domain.invoice import Invoice


@dataclass(eq=False, kw_only=True)
class Receipt:
    """A receipt as it was issued. `short_code` fits a text message."""

    id: UUID
    number: int
    code: str
    short_code: str
    invoice_id: UUID
    payment_id: UUID | None
    minor: int
    currency: str
    body: dict[str, object]
    key: str
    signature: str
    paid_at: datetime
    issued_at: datetime


def receipt_body(
    invoice: Invoice,
    paid: Mapping[str, object],
    log: Mapping[str, object],
    *,
    number: int,
    issued_at: datetime,
    origin: str,
    training: bool,
) -> dict[str, object]:
    """What is signed. `paid` is the payload that the leaf named in `log` commits to."""
    return {
        "v": 1,
        "kind": "payment",
        "origin": origin,
        "training": training,
        "number": number,
        "invoice": invoice.code,
        "application": invoice.application_code,
        "fee": invoice.fee,
        "article": invoice.article,
        "lines": [{"id": line["id"], "minor": line["minor"]} for line in invoice.lines],
        "shares": [
            {"beneficiary": share["beneficiary"], "minor": share["minor"]}
            for share in invoice.shares
        ],
        "paid": dict(paid),
        "log": dict(log),
        "issued_at": instant(issued_at),
    }
