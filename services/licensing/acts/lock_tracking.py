"""Lock tracking: five wrong PINs were tried on a code, and its applicant is told."""

from datetime import timedelta

from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Tell
from kernel.log.leaf import instant
from services.licensing.domain import notices
from services.licensing.domain.application import Application

LOCKED = "tracking.locked"


def lock_tracking(work: UnitOfWork, application: Application, window: timedelta) -> None:
    """Write down that tracking is locked; the tries themselves are counted beside the register."""
    told = notices.to_applicant(application, "pin-locked")
    work.record(
        application.id,
        LOCKED,
        {
            "code": application.code,
            "until": instant(work.now + window),
            "notices": notices.addressed(work.new_id, told, application.id),
        },
        tell=[Tell.application(application.id)],
        edition=application.edition_ref(),
    )
