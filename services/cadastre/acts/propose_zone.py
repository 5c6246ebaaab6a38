"""Propose a zone: the first of two signatures."""

from shapely.geometry import MultiPolygon

from chassis.unit_of_work import UnitOfWork
from contracts.cadastre.language import ZoneStatus
from contracts.cadastre.wire import ZoneProposed
from kernel.authority import Power
from kernel.problems import Malformed, NotAllowed
from services.cadastre.desk import Desk
from services.cadastre.domain.display import in_degrees, in_plane
from services.cadastre.domain.geojson import read_geojson
from services.cadastre.domain.offices import must_lie_within
from services.cadastre.domain.zone import Zone, ZoneIdTaken
from services.cadastre.store.hits import Asked, Underneath
from services.cadastre.store.places import Zones

PROPOSED = "zone.proposed"


class UnknownZoneKind(Malformed):
    title = "The law knows no such kind of zone"


class ZoneNeverHolds(Malformed):
    title = "A zone ends after it begins"


def propose_zone(work: UnitOfWork, desk: Desk, told: ZoneProposed) -> Zone:
    """Without effect until somebody else approves it.

    Raises NotAllowed, ZoneIdTaken, UnknownZoneKind, ZoneNeverHolds, OutsideJurisdiction, and what
    the drawing lacks.
    """
    work.actor.must(Power.PROPOSE_ZONE, told.office, work.now)
    if work.actor.person is None:
        raise NotAllowed("A zone is proposed by a person")
    law = desk.law_on(work.now)
    kinds = [kind.id for kind in law.edition.rules.zone_kinds]
    if told.kind not in kinds:
        raise UnknownZoneKind("There is no such kind of zone", kinds=kinds)
    if told.until is not None and told.until <= told.since:
        raise ZoneNeverHolds("The zone would end before it begins")
    zones = Zones(work.session)
    if zones.find(told.id) is not None:
        raise ZoneIdTaken("Choose another id for the zone")
    area, _ = read_geojson(told.geojson, law.plane)
    zone = _zone(work, told, work.actor.person, law.plane.srid,
                 in_plane(area, law.plane), in_degrees(area, law.plane))
    must_be_at_home(work, desk, zone)
    zones.add(zone)
    work.append(PROPOSED, f"zone:{zone.id}", _written(zone, area.wire()))
    return zone


def must_be_at_home(work: UnitOfWork, desk: Desk, zone: Zone) -> None:
    """Raise OutsideJurisdiction where the office does not decide today for all of the ground."""
    here = zone.geom.representative_point()
    ground = Underneath(work.session, Asked(zone.plane, zone.geom, zone.geom))
    offices = ground.offices(desk.today(work.now), (here.x, here.y))
    must_lie_within(offices, zone.office, zone.geom.area)


def _zone(
    work: UnitOfWork,
    told: ZoneProposed,
    person: str,
    plane: int,
    geom: MultiPolygon,
    lonlat: MultiPolygon,
) -> Zone:
    return Zone(
        id=told.id,
        kind=told.kind,
        name=told.name,
        instrument=told.instrument,
        since=told.since,
        until=told.until,
        status=ZoneStatus.PROPOSED,
        by_law=False,
        office=told.office,
        proposed_by=person,
        proposed_at=work.now,
        plane=plane,
        geom=geom,
        lonlat=lonlat,
    )


def _written(zone: Zone, geometry: dict[str, object]) -> dict[str, object]:
    return {
        "zone": zone.id,
        "kind": zone.kind,
        "instrument": zone.instrument,
        "since": zone.since.isoformat(),
        "until": None if zone.until is None else zone.until.isoformat(),
        "geometry": geometry,
        "by": zone.proposed_by,
    }
