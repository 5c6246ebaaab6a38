"""Reading for maps and lists: SQL straight to wire shapes, a page at a time."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from contracts.cadastre.wire import Feature
from services.cadastre.domain.law import Opened
from services.cadastre.store import shown

Box = tuple[float, float, float, float]
_IN_BOX = "{table}.lonlat && st_makeenvelope(:west, :south, :east, :north, 4326)"
_LICENCE_COLUMNS = (
    "a.licence_code, st_asgeojson(v.lonlat, 7) as shape, a.licence_type, a.minerals, a.office,"
    " lower(v.valid) as valid_from, upper(v.valid) as valid_to, v.hectares, a.inherited,"
    " v.geometry_hash, cardinality(v.cells) as units"
)
_LICENCES = text(
    f"select {_LICENCE_COLUMNS}{shown.LICENCES}{shown.IN_FORCE}"
    f" and {_IN_BOX.format(table='v')} and a.licence_code > :after"
    " order by a.licence_code limit :limit"
)
_LICENCE = text(f"select {_LICENCE_COLUMNS}{shown.LICENCES} and a.licence_code = :code")
_ZONES = text(
    "select z.id, st_asgeojson(z.lonlat, 7) as shape, z.kind, z.name, z.instrument, z.status,"
    " z.since, z.until, z.office from zone z"
    " where (z.status = 'approved' or :proposed)"
    f" and (cast(:at as timestamptz) is null or {shown.IN_EFFECT})"
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
_DISCLOSED = text(
    "select cast(t.filing_seq as text) as id, st_asgeojson(t.lonlat, 7) as shape, t.filing_seq,"
    " t.lodged_at, t.office, t.hectares, case when law.wholly then t.licence_type end"
    " as licence_type, case when law.wholly then t.minerals end as minerals"
    f"{shown.APPLICATIONS} and {_IN_BOX.format(table='t')} and t.filing_seq > :after"
    " order by t.filing_seq limit :limit"
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


def disclosed_areas(
    session: Session, opened: Iterable[Opened], box: Box, after: int, limit: int
) -> list[Feature]:
    """Live application areas that the law shows to everybody, by place in the sequence."""
    asked = {**_box(box), **shown.opened_words(opened), "after": after, "limit": limit}
    return [_feature(row) for row in session.execute(_DISCLOSED, asked)]


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
