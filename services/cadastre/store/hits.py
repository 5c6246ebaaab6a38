"""What lies under asked ground: licences, applications, zones, workings, offices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shapely import from_wkb, set_srid, to_wkb
from shapely.geometry import MultiPolygon
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from services.cadastre.domain.meeting import (
    Met,
    MetApplication,
    MetLicence,
    MetWorkings,
    MetZone,
)
from services.cadastre.domain.offices import MetOffice


@dataclass(frozen=True, slots=True)
class Asked:
    """Ground as a statement of SQL takes it: whole, and the core that decides on conflicts."""

    srid: int
    geom: MultiPolygon
    core: MultiPolygon

    def words(self) -> dict[str, str]:
        return {
            name: to_wkb(set_srid(shape, self.srid), hex=True, include_srid=True)
            for name, shape in (("geom", self.geom), ("core", self.core))
        }


# The asked ground is written once and materialised: inline in each place it would be planned anew.
_ASKED = (
    "with q as materialized"
    " (select cast(:geom as geometry) as geom, cast(:core as geometry) as core) "
)
_SHARED = (
    "st_asbinary(case when st_contains(q.geom, t.geom) then t.geom"
    " else st_collectionextract(st_intersection(t.geom, q.geom), 3) end) as shared"
)
_MEETS = "t.core && q.core and st_relate(t.core, q.core, 'T********')"

_LICENCES, _GRANTED = (
    text(
        f"{_ASKED} select a.licence_code, a.licence_type, a.minerals, a.inherited,"
        f" lower(t.valid) as since, {_SHARED}"
        " from q, licence_area_version t join licence_area a on a.id = t.licence_area_id"
        f" where {_MEETS} and upper_inf(t.recorded) and a.status in ({statuses})"
        " and t.valid && tstzrange(:now, cast(:until as timestamptz))"
        " order by since, a.licence_code"
    )
    for statuses in ("'confirmed'", "'confirmed', 'pending'")
)
_APPLICATIONS = text(
    f"{_ASKED} select t.filing_seq, t.lodged_at, t.licence_type, t.minerals, {_SHARED}"
    f" from q, application_area t where {_MEETS} and t.ended_at is null order by t.filing_seq"
)
_ZONES = text(
    f"{_ASKED}, parts as (select t.zone_id,"
    " st_union(st_collectionextract(st_intersection(t.geom, q.geom), 3)) as shared"
    " from q, zone_part t"
    " where t.geom && q.core and st_relate(t.geom, q.core, 'T********') group by t.zone_id)"
    " select z.id, z.kind, z.name, z.since, st_asbinary(parts.shared) as shared,"
    " greatest(z.since, coalesce(z.approved_at, z.proposed_at)) as effective"
    " from parts join zone z on z.id = parts.zone_id where z.status = 'approved'"
    " and z.since <= :now and (z.until is null or z.until > :now) order by z.id"
)
_WORKINGS = text(
    f"{_ASKED} select count(*), coalesce(sum(st_area(st_intersection(t.geom, q.geom))), 0)"
    " from q, known_working t where st_dwithin(t.geom, q.geom, :within)"
    " and t.since <= :today and (t.until is null or t.until > :today)"
)
_OFFICES = text(
    f"{_ASKED} select t.office, t.agency, st_area(st_intersection(t.geom, q.geom)) as shared,"
    " st_covers(t.geom, st_setsrid(st_point(:x, :y), st_srid(t.geom))) as marked"
    " from q, jurisdiction t where t.geom && q.geom and st_relate(t.geom, q.geom, 'T********')"
    " and t.since <= :today and (t.until is null or t.until > :today)"
    " order by shared desc, t.office"
)


class Underneath:
    """Looks; locks nothing."""

    def __init__(self, session: Session, asked: Asked) -> None:
        self.session, self.words = session, asked.words()

    def licences(self, now: datetime) -> list[MetLicence]:
        """Confirmed licences in force now or later."""
        return self._licences(_LICENCES, now)

    def granted(self, now: datetime, until: datetime | None = None) -> list[MetLicence]:
        """Those, and licences whose ground is held while they are made out.

        `until`: only those that are in force before that instant.
        """
        return self._licences(_GRANTED, now, until)

    def _licences(
        self, statement: TextClause, now: datetime, until: datetime | None = None
    ) -> list[MetLicence]:
        found = self._look(statement, now=now, until=until)
        return [MetLicence(r[0], r[1], r[2], r[3], r[4], from_wkb(bytes(r[5]))) for r in found]

    def applications(self) -> list[MetApplication]:
        """Live application areas, in the order of filing."""
        return [
            MetApplication(r[0], r[1], r[2], r[3], from_wkb(bytes(r[4])))
            for r in self._look(_APPLICATIONS)
        ]

    def zones(self, now: datetime) -> list[MetZone]:
        """Approved zones in effect now."""
        return [
            MetZone(r[0], r[1], r[2], r[3], from_wkb(bytes(r[4])), r[5])
            for r in self._look(_ZONES, now=now)
        ]

    def workings(self, today: date, within_m: int) -> MetWorkings:
        (row,) = self._look(_WORKINGS, today=today, within=within_m)
        return MetWorkings(row[0], row[1])

    def met(self, now: datetime, today: date, within_m: int) -> Met:
        """All that lies under it."""
        return Met(
            self.licences(now), self.applications(), self.zones(now), self.workings(today, within_m)
        )

    def offices(self, today: date, mark: tuple[float, float]) -> list[MetOffice]:
        """Offices in whose jurisdiction the ground lies, the larger share first.

        `mark` is the point, in metres of the plane, that decides under some laws.
        """
        found = self._look(_OFFICES, today=today, x=mark[0], y=mark[1])
        return [MetOffice(r[0], r[1], r[2], r[3]) for r in found]

    def _look(self, statement: TextClause, **more: object) -> Sequence[Sequence[Any]]:
        return self.session.execute(statement, {**self.words, **more}).all()
