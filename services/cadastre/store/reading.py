"""Reading for maps and lists: SQL straight to wire shapes, a page at a time."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from contracts.cadastre.wire import Feature

Box = tuple[float, float, float, float]
_IN_BOX = "{table}.lonlat && st_makeenvelope(:west, :south, :east, :north, 4326)"
_LICENCE_COLUMNS = (
    "a.licence_code, st_asgeojson(v.lonlat, 7) as shape, a.licence_type, a.minerals, a.office,"
    " lower(v.valid) as valid_from, upper(v.valid) as valid_to, v.hectares, a.inherited,"
    " v.geometry_hash, cardinality(v.cells) as units"
)
_LICENCE_FROM = (
    " from licence_area_version v join licence_area a on a.id = v.licence_area_id"
    " where upper_inf(v.recorded) and a.status = 'confirmed'"
)
_LICENCES = text(
    f"select {_LICENCE_COLUMNS}{_LICENCE_FROM} and v.valid @> cast(:at as timestamptz)"
    f" and {_IN_BOX.format(table='v')} and a.licence_code > :after"
    " order by a.licence_code limit :limit"
)
_LICENCE = text(f"select {_LICENCE_COLUMNS}{_LICENCE_FROM} and a.licence_code = :code")
_ZONES = text(
    "select z.id, st_asgeojson(z.lonlat, 7) as shape, z.kind, z.name, z.instrument, z.status,"
    " z.since, z.until, z.office from zone z"
    " where (z.status = 'approved' or :proposed) and (cast(:at as timestamptz) is null or"
    " tstzrange(z.since, z.until) @> cast(:at as timestamptz))"
    f" and {_IN_BOX.format(table='z')} and z.id > :after order by z.id limit :limit"
)
_JURISDICTIONS = text(
    "select office || '@' || since as id, st_asgeojson(geom, 0) as shape, office, agency, since,"
    " until, edition, plane from jurisdiction"
    " where since <= :day and (until is null or until > :day) order by agency, office"
)
_WORKINGS = text(
    "select id, st_asgeojson(geom, 3) as shape, name, minerals, since, until, people, source,"
    " plane from known_working where id > :after order by id limit :limit"
)
_AREAS = text(
    "select t.application_id as id, st_asgeojson(t.lonlat, 7) as shape, t.filing_seq, t.lodged_at,"
    " t.licence_type, t.minerals, t.status, t.conditional, t.office, t.hectares"
    " from application_area t where t.ended_at is null and t.office = any(:offices)"
    f" and {_IN_BOX.format(table='t')} and t.filing_seq > :after order by t.filing_seq limit :limit"
)


def licence_areas(
    session: Session, box: Box, at: datetime, after: str, limit: int
) -> list[Feature]:
    """Confirmed licence areas in force at an instant, by code."""
    found = session.execute(_LICENCES, {**_box(box), "at": at, "after": after, "limit": limit})
    return [_feature(row) for row in found]


def licence_area(session: Session, code: str) -> Feature | None:
    row = session.execute(_LICENCE, {"code": code}).one_or_none()
    return None if row is None else _feature(row)


def zones(
    session: Session, box: Box, at: datetime | None, after: str, limit: int, proposed: bool
) -> list[Feature]:
    """Approved zones, also proposed ones where `proposed`; `at` None: whatever their time."""
    asked = {**_box(box), "at": at, "after": after, "limit": limit, "proposed": proposed}
    return [_feature(row) for row in session.execute(_ZONES, asked)]


def jurisdictions(session: Session, day: date) -> list[Feature]:
    """Shapes in metres of the plane; whoever shows them brings them to degrees."""
    return [_feature(row) for row in session.execute(_JURISDICTIONS, {"day": day})]


def known_workings(session: Session, after: str, limit: int) -> list[Feature]:
    """Shapes in metres of the plane."""
    return [_feature(r) for r in session.execute(_WORKINGS, {"after": after, "limit": limit})]


def application_areas(
    session: Session, offices: list[str], box: Box, after: int, limit: int
) -> list[Feature]:
    """Live application areas of some offices, by place in the sequence."""
    asked: Mapping[str, Any] = {**_box(box), "offices": offices, "after": after, "limit": limit}
    return [_feature(row) for row in session.execute(_AREAS, asked)]


def _box(box: Box) -> dict[str, float]:
    return dict(zip(("west", "south", "east", "north"), box, strict=True))


def _feature(row: Row[Any]) -> Feature:
    """The shape becomes the geometry, the other columns properties."""
    told = dict(row._mapping)
    name = told.pop("id", None) or told["licence_code"]
    geometry = json.loads(told.pop("shape"))
    if "hectares" in told:
        told["hectares"] = str(told["hectares"])
    return Feature(id=str(name), geometry=geometry, properties=told)
