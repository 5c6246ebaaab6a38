"""Keep a scan: the picture of a paper on which somebody signed a decision."""

from typing import Final

from chassis.files import StoredFile
from chassis.unit_of_work import UnitOfWork
from kernel.authority import Power
from services.licensing.casework import take_case
from services.licensing.desk import Desk
from services.licensing.domain.field import Scan
from services.licensing.domain.papers import must_be_accepted

ACCEPTED: Final = ("application/pdf", "image/jpeg", "image/png")


def keep_scan(
    work: UnitOfWork, desk: Desk, place: tuple[str, str], stored: StoredFile, head: bytes
) -> Scan:
    """Name a kept file as the scan of a step; `head` are its first bytes. A repeat is harmless."""
    case = take_case(work, desk, place[0])
    step = case.steps.take(case.id, case.law(place[1]).id)
    work.actor.must(Power.RECORD_PAPER_DECISION, step.office, work.now)
    must_be_accepted(stored.media_type, head, ACCEPTED)
    found = work.session.get(Scan, (case.id, step.step, stored.sha256))
    if found is not None:
        return found
    scan = Scan(
        application_id=case.id,
        step=step.step,
        sha256=stored.sha256,
        media_type=stored.media_type,
        size=stored.size,
        kept_by=work.actor.person or "",
        kept_at=work.now,
    )
    work.session.add(scan)
    work.session.flush()
    return scan
