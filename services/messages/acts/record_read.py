"""Record that a notice was read, by whoever it was for."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from services.messages.domain.access import must_be_told
from services.messages.domain.notice import Notice
from services.messages.store.notices import Notices


def record_read(work: UnitOfWork, notice: UUID) -> Notice:
    """Once: later readings change nothing. Raises NotFound, and NotAllowed for other offices."""
    found = Notices(work.session).take(notice)
    must_be_told(found, work.actor, work.now)
    if found.read_at is None:
        found.read_at = work.now
        work.append("notice.read", found.id, {"kind": found.kind, "case": str(found.case_id)})
    return found
