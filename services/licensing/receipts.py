"""Receipts: what was lodged, signed as conditional or final, and kept as it was signed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import ReceiptKind
from kernel.codes import receipt_code
from kernel.log.canonical import canonical
from services.licensing.desk import Desk
from services.licensing.domain.application import Application
from services.licensing.domain.filing import receipt_body
from services.licensing.domain.papers import Paper
from services.licensing.domain.receipt import Receipt


def give_receipt(
    work: UnitOfWork,
    desk: Desk,
    application: Application,
    lodged: Mapping[str, object],
    papers: Sequence[Paper],
    log: Mapping[str, object],
    issued_at: datetime,
) -> Receipt:
    """The signed receipt, stored. Its kind follows from whether the place is conditional now."""
    kind = ReceiptKind.CONDITIONAL if application.conditional else ReceiptKind.FINAL
    body = receipt_body(
        application,
        lodged,
        papers,
        log,
        kind=kind,
        issued_at=issued_at,
        origin=desk.receipts.about.origin,
        training=desk.training,
    )
    signed = desk.receipts.sign(body)
    receipt = Receipt(
        id=work.new_id(),
        application_id=application.id,
        kind=kind,
        body=body,
        key=signed["key"],
        signature=signed["signature"],
        short_code=receipt_code(application.filing_seq or 0, canonical(signed["body"])),
        issued_at=issued_at,
    )
    work.session.add(receipt)
    return receipt
