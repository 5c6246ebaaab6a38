"""Zones, jurisdictions, known workings and the legal plane: what the register is told once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from kernel.problems import NotFound
from services.cadastre.domain.zone import Zone
from services.cadastre.store.tables import (
    jurisdiction,
    known_working,
    plane,
    register_version,
    zone,
)

PIECE_CORNERS = 128
SEEDING = (0x67 << 56) - 1  # an advisory lock
_PARTS = text(
    "insert into zone_part (zone_id, part, geom) select z.id, row_number() over (), piece"
    " from zone z, st_subdivide(z.geom, :corners) as piece where z.id = :zone"
)


class PlaneDiffers(RuntimeError):
    """The rulebook names another legal plane than the one this register was begun in."""


@dataclass(frozen=True, slots=True)
class Working:
    """A place where people mine without a licence; `people` where they were counted."""

    id: str
    name: str
    minerals: list[str]
    since: date
    source: str
    geom: BaseGeometry
    people: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """From `since` on an office decides for some ground."""

    office: str
    agency: str
    since: date
    edition: str
    plane: int


class Zones:
    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, name: str) -> Zone | None:
        return self.session.get(Zone, name)

    def ground(self, name: str) -> MultiPolygon:
        """Where it lies, without a lock: a zone never moves. Raises NotFound."""
        wanted = select(zone.c.geom).where(zone.c.id == name)
        found: MultiPolygon | None = self.session.scalars(wanted).one_or_none()
        if found is None:
            raise NotFound("There is no such zone")
        return found

    def take(self, name: str) -> Zone:
        """Locks the row until commit. Raises NotFound."""
        found = self.session.get(Zone, name, with_for_update=True)
        if found is None:
            raise NotFound("There is no such zone")
        return found

    def add(self, one: Zone) -> None:
        self.session.add(one)
        self.session.flush()
        self.session.execute(_PARTS, {"zone": one.id, "corners": PIECE_CORNERS})


def settle_plane(session: Session, srid: int) -> None:
    """Say once in which plane the register lies. Raises PlaneDiffers."""
    session.execute(upsert(plane).values(srid=srid, single=True).on_conflict_do_nothing())
    found = session.scalars(select(plane.c.srid)).one()
    if found != srid:
        raise PlaneDiffers(f"The register lies in EPSG:{found}, the rulebook says EPSG:{srid}")


def lock_places(session: Session) -> None:
    """Two processes that seed at the same time do it one after the other."""
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": SEEDING})


def add_jurisdiction(session: Session, told: Jurisdiction, geom: MultiPolygon) -> bool:
    """Write an office's jurisdiction and end the one before; False when it is known."""
    row = {
        "office": told.office,
        "agency": told.agency,
        "since": told.since,
        "edition": told.edition,
        "plane": told.plane,
        "geom": geom,
    }
    entered = session.execute(
        upsert(jurisdiction).values(row).on_conflict_do_nothing().returning(jurisdiction.c.office)
    ).first()
    if entered is None:
        return False
    end_jurisdictions(session, [told.office], told.since)
    return True


def end_jurisdictions(session: Session, offices: Sequence[str], day: date) -> None:
    """End the jurisdictions of offices that began before a day and have no end yet."""
    session.execute(
        update(jurisdiction)
        .where(
            jurisdiction.c.office.in_(offices),
            jurisdiction.c.since < day,
            jurisdiction.c.until.is_(None),
        )
        .values(until=day)
    )


def open_offices(session: Session, day: date) -> list[str]:
    """Offices with a jurisdiction that began before a day and has no end."""
    wanted = select(jurisdiction.c.office).where(
        jurisdiction.c.since < day, jurisdiction.c.until.is_(None)
    )
    return list(session.scalars(wanted))


def add_working(session: Session, working: Working, srid: int) -> bool:
    """False when it is known already."""
    entered = upsert(known_working).values(
        id=working.id,
        name=working.name,
        minerals=working.minerals,
        since=working.since,
        until=working.until,
        people=working.people,
        source=working.source,
        plane=srid,
        geom=working.geom,
    )
    done = entered.on_conflict_do_nothing().returning(known_working.c.id)
    return session.execute(done).first() is not None


def version(session: Session) -> int:
    """The register's version: rises with every act that changes what a map shows."""
    return int(session.scalars(select(register_version.c.version)).one())


def raise_version(session: Session) -> int:
    raised = update(register_version).values(version=register_version.c.version + 1)
    return int(session.scalars(raised.returning(register_version.c.version)).one())


