"""Seed the register: offices as the rulebook has them; on training stacks zones and workings."""

from datetime import UTC, date, datetime, time, timedelta

from shapely import set_srid
from shapely.geometry import MultiPolygon, Polygon

from chassis.unit_of_work import UnitOfWork
from contracts.cadastre.language import ZoneStatus
from kernel.law.editions import Edition
from kernel.law.places import Office
from kernel.law.training import TrainingZone
from services.cadastre.desk import Desk
from services.cadastre.domain.display import in_degrees, in_plane
from services.cadastre.domain.geojson import read_geojson
from services.cadastre.domain.planes import Plane
from services.cadastre.domain.zone import Zone
from services.cadastre.store import places

SEEDED = "register.seeded"
SUBJECT = "register"


def seed_register(work: UnitOfWork, desk: Desk) -> int:
    """Write what is not there yet; gives how much that was. One leaf tells of all of it.

    Raises PlaneDiffers when the rulebook has moved to another plane than the register's.
    """
    plane = Plane(desk.country.newest.rules.country.plane.crs)
    places.settle_plane(work.session, plane.srid)
    places.lock_places(work.session)
    told: list[str] = []
    for edition in desk.country.editions:
        told += _jurisdictions(work, edition)
    told += _training(work, desk)
    if told:
        places.raise_version(work.session)
        work.append(SEEDED, SUBJECT, {"edition": desk.country.newest.ref.hash, "written": told})
    return len(told)


def _jurisdictions(work: UnitOfWork, edition: Edition) -> list[str]:
    offices = edition.rules.offices
    plane = Plane(edition.rules.country.plane.crs)
    written = [
        f"jurisdiction {office.id} {edition.effective.isoformat()}"
        for office in offices
        if places.add_jurisdiction(
            work.session, _jurisdiction(office, edition, plane), _land(office, plane)
        )
    ]
    gone = set(places.open_offices(work.session, edition.effective)) - {o.id for o in offices}
    places.end_jurisdictions(work.session, sorted(gone), edition.effective)
    return written


def _jurisdiction(office: Office, edition: Edition, plane: Plane) -> places.Jurisdiction:
    return places.Jurisdiction(
        office.id, office.agency, edition.effective, edition.ref.edition, plane.srid
    )


def _land(office: Office, plane: Plane) -> MultiPolygon:
    """Rings in whole metres of the plane."""
    return set_srid(MultiPolygon([Polygon(ring) for ring in office.jurisdiction]), plane.srid)


def _training(work: UnitOfWork, desk: Desk) -> list[str]:
    if desk.training is None:
        return []
    law, offset = desk.law_of(desk.country.newest.ref), desk.utc_offset
    written = []
    for told in desk.training.zones:
        if places.Zones(work.session).find(told.id) is None:
            places.Zones(work.session).add(_zone(work, told, law.plane, offset))
            written.append(f"zone {told.id}")
    for one in desk.training.known_workings:
        area, _ = read_geojson(one.geometry.model_dump(mode="json"), law.plane)
        working = places.Working(
            one.id, one.name, list(one.minerals), one.since, one.source,
            in_plane(area, law.plane), one.people,
        )
        if places.add_working(work.session, working, law.plane.srid):
            written.append(f"known working {one.id}")
    return written


def _zone(work: UnitOfWork, told: TrainingZone, plane: Plane, offset: timedelta) -> Zone:
    area, _ = read_geojson(told.geometry.model_dump(mode="json"), plane)
    return Zone(
        id=told.id,
        kind=told.kind,
        name=told.name,
        instrument=told.instrument,
        since=midnight(told.valid_from, offset),
        until=None if told.valid_to is None else midnight(told.valid_to, offset),
        status=ZoneStatus.APPROVED,
        by_law=True,
        office=None,
        proposed_by="rulebook",
        proposed_at=work.now,
        plane=plane.srid,
        geom=in_plane(area, plane),
        lonlat=in_degrees(area, plane),
    )


def midnight(day: date, offset: timedelta) -> datetime:
    """The legal instant at which a local day begins."""
    return datetime.combine(day, time(), UTC) - offset

