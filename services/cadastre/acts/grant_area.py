"""Grant an area: ground is held for a licence while it is being issued."""

from typing import Any

from shapely import set_srid
from shapely.geometry import MultiPolygon
from sqlalchemy.dialects.postgresql import Range

from chassis.unit_of_work import UnitOfWork
from contracts.cadastre.language import LicenceAreaStatus
from contracts.procedures import Ack, GrantArea, Tell
from kernel.facts import AREA_GRANTED
from kernel.law.ground import HitDetail, HitKind
from kernel.problems import Malformed, Problem
from services.cadastre.desk import Desk
from services.cadastre.domain.apart import kept_apart
from services.cadastre.domain.application_area import ApplicationArea
from services.cadastre.domain.area import Area
from services.cadastre.domain.consent import (
    must_be_consented,
    must_be_consented_by_holders,
    must_be_open,
)
from services.cadastre.domain.core import core_of
from services.cadastre.domain.display import in_web
from services.cadastre.domain.hectares import of_square_metres
from services.cadastre.domain.law import GroundLaw, Right
from services.cadastre.domain.licence_area import LicenceArea
from services.cadastre.domain.seniority import told_of
from services.cadastre.store import places
from services.cadastre.store.application_areas import ApplicationAreas
from services.cadastre.store.consents import newest_answers, newest_of_holders
from services.cadastre.store.hits import Asked, Underneath
from services.cadastre.store.licence_areas import Holder, Holding, LicenceAreas
from services.cadastre.store.locks import lock_ground
from services.cadastre.store.shape import box_mm


class GroundTaken(Problem):
    """Part of the ground belongs to another licence; what is told of it is the rulebook's."""

    title = "Part of the ground is already held under another licence"


class SeniorApplicationPending(Problem):
    """Earlier applications on the same ground are not decided yet."""

    title = "An earlier application on this ground is still open"


class PeriodNotReadable(Malformed):
    title = "A licence ends after it begins"


def grant_area(work: UnitOfWork, desk: Desk, grant: GrantArea) -> Ack:
    """The database itself refuses shared ground in the layers of one edition.

    Between editions the matrix is asked: of the case's own and of the one in force, the stricter
    counts. Grants of one place come one after the other, so none is judged beside another. Zones
    count as they stand today, and mean what the case's edition says of their kind. Raises
    AreaNotEntered, NotTheGround, SeniorApplicationPending, GroundForbidden, ZoneConsentMissing,
    HolderConsentMissing and GroundTaken; nothing is told to anybody then, and nothing stays.
    """
    areas, licences = ApplicationAreas(work.session), LicenceAreas(work.session)
    if licences.known(grant.subject) is not None:
        return Ack()
    if grant.valid_to <= grant.valid_from:
        raise PeriodNotReadable("The licence would end before it begins")
    law = desk.law_of(grant.edition)
    right = Right(grant.licence_type, tuple(sorted(set(grant.minerals))))
    lock_ground(work.session, box_mm(areas.get(grant.application_id).geom))
    area = areas.take(grant.application_id)
    area.must_be_live()
    area.must_be_the_ground(grant.geometry_hash)
    _must_be_first(areas, area, law)
    _must_be_open(work, law, right, area)
    _must_be_free(work, desk, right, area, grant)
    held, valid = _holding(area, law, right), Range(grant.valid_from, grant.valid_to)
    licence = _licence(work, area, grant)
    licences.add(licence, held, valid, work.now)
    if licences.blocked_by_inherited(held, valid) or not licences.hold(licence, held, valid):
        holders = licences.holders(held, valid)
        raise _taken([one for one in holders if one.code != licence.licence_code], law)
    return _tell(work, area, grant, held)


def _must_be_first(areas: ApplicationAreas, area: ApplicationArea, law: GroundLaw) -> None:
    seniors = areas.seniors(area.application_id, live=True)
    if seniors and law.seniors_block(area.licence_type):
        raise SeniorApplicationPending(
            f"{len(seniors)} earlier applications ask for part of this ground",
            count=len(seniors),
            seniors=told_of([(one.seq, one.hectares) for one in seniors]),
        )


def _must_be_open(work: UnitOfWork, law: GroundLaw, right: Right, area: ApplicationArea) -> None:
    ground = Underneath(work.session, Asked(area.plane, area.geom, area.core))
    zones, kind = ground.zones(work.now), right.licence_type
    must_be_open(law, kind, zones)
    answers = newest_answers(work.session, area.application_id)
    must_be_consented(law, kind, zones, area.asked_at, answers)
    if law.may_ask_holders(right):
        holders = newest_of_holders(work.session, area.application_id)
        must_be_consented_by_holders(law, right, ground.granted(work.now), holders)


def _must_be_free(
    work: UnitOfWork, desk: Desk, right: Right, area: ApplicationArea, grant: GrantArea
) -> None:
    """The ground is locked: what is held of it now stays so until this act is over."""
    law = desk.law_of(grant.edition)
    laws = (law, desk.law_on(work.now))
    ground = Underneath(work.session, Asked(area.plane, area.geom, area.core))
    others = [
        Holder(one.code, one.since, one.inherited, one.shared.area)
        for one in ground.granted(grant.valid_from, grant.valid_to)
        if kept_apart(laws, right, one.right)
    ]
    if others:
        raise _taken(others, law)


def _holding(area: ApplicationArea, law: GroundLaw, right: Right) -> Holding:
    ground = Area.of_shape(law.plane.crs, area.geom)
    pieces = core_of(ground, law.sliver_mm(right.licence_type))
    grid = law.grid(right.licence_type)
    return Holding(
        plane=area.plane,
        geometry_hash=area.geometry_hash,
        hectares=area.hectares,
        geom=area.geom,
        core=set_srid(MultiPolygon(list(pieces)), area.plane),
        lonlat=area.lonlat,
        web=in_web(ground, law.plane),
        pieces=[set_srid(piece, area.plane) for piece in pieces],
        layers=law.layers(right),
        cells=area.cells,
        grid=grid.name if grid is not None else None,
    )


def _licence(work: UnitOfWork, area: ApplicationArea, grant: GrantArea) -> LicenceArea:
    return LicenceArea(
        id=work.new_id(),
        application_id=grant.application_id,
        issuance=grant.subject,
        licence_code=grant.licence_code,
        licence_type=grant.licence_type,
        minerals=sorted(set(grant.minerals)),
        status=LicenceAreaStatus.PENDING,
        inherited=False,
        office=area.office,
        edition=grant.edition.model_dump(),
        granted_at=work.now,
    )


def _taken(holders: list[Holder], law: GroundLaw) -> GroundTaken:
    return GroundTaken(
        "Part of the ground is already held under another licence",
        hits=[_told(one, law) for one in holders],
    )


def _told(holder: Holder, law: GroundLaw) -> dict[str, Any]:
    kind = HitKind.INHERITED if holder.inherited else HitKind.LICENCE
    told: dict[str, Any] = {"kind": kind.value}
    if law.tells(kind, HitDetail.REF):
        told["ref"] = holder.code
    if law.tells(kind, HitDetail.SINCE):
        told["since"] = holder.since
    if law.tells(kind, HitDetail.HECTARES):
        told["hectares"] = str(of_square_metres(holder.hectares))
    return told


def _tell(work: UnitOfWork, area: ApplicationArea, grant: GrantArea, held: Holding) -> Ack:
    version = places.raise_version(work.session)
    granted = work.record(
        grant.application_id,
        AREA_GRANTED,
        {
            "issuance": str(grant.subject),
            "licence_code": grant.licence_code,
            "hectares": str(held.hectares),
            "geometry_hash": area.geometry_hash,
            "register_version": version,
        },
        tell=[Tell.application(grant.application_id)],
        edition=grant.edition,
    )
    return Ack(seq=granted.seq)


