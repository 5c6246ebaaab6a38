"""Confirm a receipt: the conditional place was paid for, the unconditional receipt is issued."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Act, ReceiptKind
from contracts.procedures import Ack, Tell
from kernel.facts import RECEIPT_CONFIRMED
from services.licensing.desk import Desk
from services.licensing.domain import notices
from services.licensing.receipts import give_receipt
from services.licensing.store.applications import Applications


def confirm_receipt(work: UnitOfWork, desk: Desk, case: UUID) -> Ack:
    """Issue the unconditional receipt; a case whose place counts already is left as it is."""
    files = Applications(work.session)
    application = files.take(case)
    first = files.receipt(case, ReceiptKind.CONDITIONAL)
    if not application.conditional or first is None:
        return Ack()
    application.must_allow(Act.CONFIRM_RECEIPT)
    application.conditional, application.pay_by = False, None
    application.changed(work.now)
    lodged, log = first.body["lodged"], first.body["log"]
    if not isinstance(lodged, dict) or not isinstance(log, dict):
        raise TypeError("a stored receipt holds what was lodged and its place in the log")
    receipt = give_receipt(work, desk, application, lodged, files.papers(case), log, work.now)
    told = notices.to_applicant(application, "receipt-confirmed", seq=str(application.filing_seq))
    event = work.record(
        case,
        RECEIPT_CONFIRMED,
        {
            "code": application.code,
            "filing_seq": application.filing_seq,
            "receipt": receipt.short_code,
            "signature": receipt.signature,
            "notices": notices.addressed(work.new_id, told, case),
        },
        tell=[Tell.application(case)],
        edition=application.edition_ref(),
    )
    return Ack(seq=event.seq)
