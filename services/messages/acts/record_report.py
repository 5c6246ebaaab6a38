"""Record a delivery report: what a gateway says of a text, when it proves to be the gateway."""

import hmac

from chassis.unit_of_work import UnitOfWork
from contracts.messages.language import FailedBecause, Reported
from contracts.messages.wire import DeliveryReport
from kernel.ids import as_uuid
from services.messages.acts.record_delivered import record_delivered
from services.messages.acts.record_failed import record_failed
from services.messages.store.notices import Notices


def record_report(work: UnitOfWork, report: DeliveryReport, shown: str) -> bool:
    """Whether it was of use. `shown` is the word that the gateway was given with the text.

    Unknown references and wrong words are passed over: the answer to them is the same.
    """
    named = as_uuid(report.reference)
    notice = None if named is None else Notices(work.session).find(named)
    if notice is None or not hmac.compare_digest(notice.report_word.encode(), shown.encode()):
        return False
    if report.status == Reported.DELIVERED:
        record_delivered(work, notice.id)
    elif report.status == Reported.FAILED:
        record_failed(work, notice.id, FailedBecause.NOT_DELIVERED)
    return True
