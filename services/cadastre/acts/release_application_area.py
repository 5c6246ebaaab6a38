"""Release an application area: the application is over, and what it took is open to the next."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.cadastre.language import ApplicationAreaStatus
from contracts.procedures import Ack, Tell
from kernel.facts import AREA_RELEASED
from services.cadastre.domain.application_area import ApplicationArea
from services.cadastre.store.application_areas import ApplicationAreas
from services.cadastre.store.locks import lock_ground
from services.cadastre.store.shape import box_mm

NOTHING = Ack()


def release_application_area(work: UnitOfWork, application: UUID, reason: str) -> Ack:
    """Juniors that no other senior displaces stand again. Nothing happens to what was granted."""
    areas = ApplicationAreas(work.session)
    area = areas.find(application)
    if area is None or not area.live:
        return NOTHING
    lock_ground(work.session, box_mm(area.geom))
    area = areas.take(application)
    if not area.live:
        return NOTHING
    area.end(ApplicationAreaStatus.RELEASED, work.now, reason)
    freed = _free(areas, area)
    released = work.record(
        application,
        AREA_RELEASED,
        {"reason": reason, "hectares": str(area.hectares), "freed": freed},
        tell=[Tell.application(application)],
        edition=area.edition_ref,
    )
    return Ack(seq=released.seq)


def _free(areas: ApplicationAreas, area: ApplicationArea) -> int:
    """How many juniors stand again."""
    juniors = areas.juniors(area.application_id)
    areas.forget_senior(area.application_id)
    for junior in juniors:
        junior.stand(displaced=bool(areas.seniors(junior.application_id)))
    areas.session.flush()
    return sum(1 for junior in juniors if junior.status is ApplicationAreaStatus.STANDING)
