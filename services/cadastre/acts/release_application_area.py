"""Release an application area: the application is over, and what it took is open to the next."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.cadastre.language import ApplicationAreaStatus
from contracts.procedures import Ack, Tell
from kernel.facts import AREA_FREED, AREA_RELEASED
from services.cadastre.desk import Desk
from services.cadastre.domain.application_area import ApplicationArea
from services.cadastre.store import places
from services.cadastre.store.application_areas import ApplicationAreas, Freed
from services.cadastre.store.locks import lock_ground
from services.cadastre.store.shape import box_mm

NOTHING = Ack()


def release_application_area(
    work: UnitOfWork, desk: Desk, application: UUID, reason: str
) -> Ack:
    """Juniors that no other senior displaces stand again, and each is told so.

    Nothing happens to what was granted.
    """
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
    if desk.shows(area):
        places.raise_version(work.session)
    released = work.record(
        application,
        AREA_RELEASED,
        {"reason": reason, "hectares": str(area.hectares), "freed": len(freed)},
        tell=[Tell.application(application)],
        edition=area.edition_ref,
    )
    for one in freed:
        _tell_freed(work, one, area.filing_seq)
    return Ack(seq=released.seq)


def _free(areas: ApplicationAreas, area: ApplicationArea) -> list[Freed]:
    """The juniors that stand again, by id, with what this area took from them."""
    juniors = areas.juniors(area.application_id)
    took = areas.forget_senior(area.application_id)
    still = areas.displaced(junior.application_id for junior in juniors)
    for junior in juniors:
        junior.stand(displaced=junior.application_id in still)
    areas.session.flush()
    return [
        Freed(junior, took[junior.application_id])
        for junior in juniors
        if junior.application_id not in still
    ]


def _tell_freed(work: UnitOfWork, one: Freed, by_seq: int) -> None:
    """All its ground is free: the last of its seniors is gone."""
    junior = one.area
    work.record(
        junior.application_id,
        AREA_FREED,
        {
            "by_seq": by_seq,
            "hectares": str(one.hectares),
            "net_hectares": str(junior.hectares),
        },
        tell=[Tell.application(junior.application_id)],
        edition=junior.edition_ref,
    )
