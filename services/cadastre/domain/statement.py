"""The ground statement: puts together what is true of asked ground, ready to be signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.cadastre.statement import VALID_HOURS, Geometry, GroundStatement
from contracts.cadastre.wire import ConversionTold, GroundReport, Share, WalkTold
from kernel.log.canonical import canonical
from kernel.problems import Malformed
from services.cadastre.domain import geojson, grid
from services.cadastre.domain.area import Area, hash_of
from services.cadastre.domain.drawing import Drawing, Measured
from services.cadastre.domain.hectares import of_square_metres, per_cent
from services.cadastre.domain.law import GroundLaw, Right
from services.cadastre.domain.meeting import Conflict, largest, remainder
from services.cadastre.domain.offices import MetOffice, choose_offices

MAX_BYTES = 64 * 1024


class AreaTooDetailed(Malformed):
    """The statement travels with the application and must stay within 64 KB."""

    title = "The area has too many corners to be stated"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was asked and found, at one instant of the register."""

    id: UUID
    law: GroundLaw
    right: Right
    at: datetime
    register_version: int
    training: bool
    offices: Sequence[MetOffice]
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The ground itself, where the right has one of its own."""

    drawing: Drawing
    measured: Measured
    conflicts: Sequence[Conflict]
    net: Decimal
    known_workings: int


def geometry_of(drawing: Drawing) -> dict[str, Any]:
    """Cells where the right is held in cells, millimetres otherwise."""
    if drawing.cells is not None:
        return grid.wire(drawing.area.crs, drawing.cells)
    return drawing.area.wire()


def state(checked: Checked, found: Found | None) -> dict[str, Any]:
    """The body to be signed. Raises AreaTooDetailed."""
    body = _common(checked) if found is None else _with_ground(checked, found)
    told = body.model_dump(mode="json")
    if len(canonical(told)) > MAX_BYTES:
        told["display"] = None
    if len(canonical(told)) > MAX_BYTES:
        raise AreaTooDetailed("Draw the area with fewer corners", max_bytes=MAX_BYTES)
    return told


def _common(checked: Checked) -> GroundStatement:
    law = checked.law
    offices = choose_offices(checked.offices, law.edition.rules.lead_office)
    lead = law.lead_agency(checked.right.licence_type)
    others = sorted({one.office for one in checked.offices} - set(offices.values()))
    return GroundStatement(
        id=checked.id,
        country=law.edition.ref.country,
        licence_type=checked.right.licence_type,
        minerals=list(checked.right.minerals),
        geometry=None,
        geometry_hash=None,
        hectares={},
        office=offices[lead],
        offices=offices,
        other_offices=others,
        zone=checked.zone,
        edition=law.edition.ref.edition,
        register_version=checked.register_version,
        hits=[],
        known_workings=0,
        checked_at=checked.at,
        valid_until=checked.at + timedelta(hours=VALID_HOURS),
        training=checked.training,
    )


def _with_ground(checked: Checked, found: Found) -> GroundStatement:
    geometry = geometry_of(found.drawing)
    hits, left_out = largest(found.conflicts)
    return _common(checked).model_copy(
        update={
            "geometry": Geometry.model_validate(geometry),
            "geometry_hash": hash_of(geometry),
            "bbox_mm": list(found.drawing.area.bbox()),
            "display": geojson.write_geojson(found.drawing.area, checked.law.plane),
            "hectares": found.measured.told(),
            "units": found.measured.units,
            "net_hectares": str(found.net),
            "hits": hits,
            "hits_left_out": left_out,
            "known_workings": found.known_workings,
        }
    )


def report(checked: Checked, body: dict[str, Any], found: Found | None) -> GroundReport:
    """The same in words for people; borrows from the body so that the two cannot differ."""
    same = {name: body[name] for name in ("hectares", "units", "net_hectares", "hits_left_out")}
    plane = checked.law.plane
    if found is None:
        return GroundReport(
            corners=0, parts=0, legal_method=None, remainder=None, shares=_shares(checked, None),
            hits=[], known_workings=0, conversion=None, walks=[], display=None, **same,
        )
    drawing = found.drawing
    left = remainder(drawing.area.shape(), found.conflicts)
    rest = None if left is None else Area.of_shape(plane.crs, left)
    return GroundReport(
        corners=drawing.area.corners(),
        parts=len(drawing.area.parts),
        legal_method=found.measured.method.value,
        remainder=None if rest is None else geojson.numbers(geojson.write_geojson(rest, plane)),
        shares=_shares(checked, drawing.area.shape().area),
        hits=body["hits"],
        known_workings=found.known_workings,
        conversion=_conversion(drawing),
        walks=[WalkTold.model_validate(walk) for walk in drawing.walks],
        display=geojson.numbers(geojson.write_geojson(drawing.area, plane)),
        **same,
    )


def _conversion(drawing: Drawing) -> ConversionTold | None:
    if drawing.conversion is None:
        return None
    return ConversionTold.model_validate(drawing.conversion)


def _shares(checked: Checked, square_metres: float | None) -> list[Share]:
    whole = square_metres or max(one.square_metres for one in checked.offices)
    return [
        Share(
            office=one.office,
            agency=one.agency,
            per_cent=str(
                per_cent(of_square_metres(one.square_metres), of_square_metres(whole))
            ),
        )
        for one in checked.offices
    ]
