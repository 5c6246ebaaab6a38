"""Record that a notice failed: nobody was told, and trying again would not help."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.messages.language import FailedBecause
from contracts.procedures import Tell
from kernel.events import Event
from kernel.facts import NOTICE_FAILED
from services.messages.domain.notice import SIGN_IN_CODE, Notice
from services.messages.store.notices import Notices


def record_failed(work: UnitOfWork, notice: UUID, because: FailedBecause) -> None:
    """What has arrived, or has failed before, stays as it is."""
    found = Notices(work.session).take(notice)
    if not found.settled:
        tell_failed(work, found, because)


def tell_failed(work: UnitOfWork, notice: Notice, because: FailedBecause) -> Event | None:
    """The fact, to the case it is about; `sent` says whether its gateway had taken it first."""
    notice.mark_failed(because, work.now)
    if notice.kind == SIGN_IN_CODE:
        return None
    told = {
        "notice": str(notice.id),
        "kind": notice.kind,
        "reason": because.value,
        "sent": notice.sent_at is not None,
    }
    if notice.case_id is None:
        work.append(NOTICE_FAILED, notice.id, told)
        return None
    case = notice.case_id
    return work.record(case, NOTICE_FAILED, told, tell=[Tell.application(case)])
