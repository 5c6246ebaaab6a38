"""Move an application area to a later place: its application has lost the one it had."""

from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Ack, Tell
from kernel.facts import AREA_DISPLACED, AREA_ENTERED, AREA_FREED
from services.cadastre.desk import Desk
from services.cadastre.domain.application_area import ApplicationArea
from services.cadastre.domain.seniority import Displaced, told_of
from services.cadastre.store import places
from services.cadastre.store.application_areas import ApplicationAreas, Rival
from services.cadastre.store.locks import lock_ground
from services.cadastre.store.shape import box_mm


def move_application_area(
    work: UnitOfWork, desk: Desk, known: ApplicationArea, filing_seq: int
) -> Ack:
    """Its juniors up to the new place are its seniors from now on, and each hears when it is free.

    The same end for every order of arrival. A place that is not later changes nothing, nor does
    one of an area that was granted or released.
    """
    areas = ApplicationAreas(work.session)
    lock_ground(work.session, box_mm(known.geom))
    area = areas.take(known.application_id)
    if not area.live or filing_seq <= area.filing_seq:
        return Ack()
    mine, former = area.application_id, area.filing_seq
    juniors = areas.juniors(mine)
    took, known_seniors = areas.forget_senior(mine), {one.senior for one in areas.seniors(mine)}
    area.filing_seq = filing_seq
    work.session.flush()
    rivals = areas.rivals(area, desk.apart_from(area))
    ahead = [one for one in rivals if one.area.filing_seq < filing_seq]
    seniors = [one for one in ahead if one.area.application_id not in known_seniors]
    behind = [one for one in rivals if one.area.filing_seq > filing_seq]
    areas.note((one.area.application_id, mine, one.hectares) for one in seniors)
    areas.note((mine, one.area.application_id, one.hectares) for one in behind)
    still = areas.displaced(junior.application_id for junior in juniors)
    for junior in juniors:
        junior.stand(displaced=junior.application_id in still)
    area.stand(displaced=bool(areas.displaced([mine])))
    work.session.flush()
    if desk.shows(area):
        places.raise_version(work.session)
    ack = _tell(work, areas, area, seniors, len(ahead), len(behind))
    for junior in juniors:
        if junior.application_id not in still:
            _tell_freed(work, junior, former, str(took[junior.application_id]))
    return ack


def _tell(
    work: UnitOfWork,
    areas: ApplicationAreas,
    area: ApplicationArea,
    seniors: list[Rival],
    junior_to: int,
    displaces: int,
) -> Ack:
    takers = [(one.area.filing_seq, one.hectares) for one in seniors]
    mine = Displaced(area, areas.net_hectares(area), takers)
    told = [Tell.application(area.application_id)]
    entered = work.record(
        area.application_id,
        AREA_ENTERED,
        {
            "filing_seq": area.filing_seq,
            "hectares": str(area.hectares),
            "net_hectares": str(mine.net),
            "junior_to": junior_to,
            "seniors": told_of(takers),
            "displaces": displaces,
            "conditional": area.conditional,
            "geometry_hash": area.geometry_hash,
        },
        tell=told,
        edition=area.edition_ref,
    )
    if seniors:
        work.record(
            area.application_id, AREA_DISPLACED, mine.told(), tell=told, edition=area.edition_ref
        )
    return Ack(seq=entered.seq)


def _tell_freed(work: UnitOfWork, junior: ApplicationArea, by_seq: int, hectares: str) -> None:
    work.record(
        junior.application_id,
        AREA_FREED,
        {"by_seq": by_seq, "hectares": hectares, "net_hectares": str(junior.hectares)},
        tell=[Tell.application(junior.application_id)],
        edition=junior.edition_ref,
    )
