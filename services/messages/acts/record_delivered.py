"""Record that a notice arrived on its reader's phone."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from services.messages.acts.record_sent import tell_sent
from services.messages.domain.notice import SIGN_IN_CODE
from services.messages.store.notices import Notices


def record_delivered(work: UnitOfWork, notice: UUID) -> None:
    """Once: a second report changes nothing. A report may overtake the gateway's own answer.

    The case heard that it was sent; that it arrived stands in the log and in this register alone,
    so that histories stay short.
    """
    found = Notices(work.session).take(notice)
    if found.settled:
        return
    if found.sent_at is None:
        tell_sent(work, found)
    found.mark_delivered(work.now)
    if found.kind != SIGN_IN_CODE:
        work.append("notice.delivered", found.id, {"kind": found.kind, "case": str(found.case_id)})
