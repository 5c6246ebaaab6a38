"""GeoJSON as strangers write it: Z values, clockwise rings, open rings, old `crs` members."""

import re
from collections.abc import Sequence
from typing import Any

from kernel.problems import Malformed
from services.cadastre.domain import planes
from services.cadastre.domain.area import Area, Point
from services.cadastre.domain.corners import CornerNotReadable, area_of
from services.cadastre.domain.planes import LONLAT, Conversion, Corner, Plane

_NAMED = re.compile(r"(?:urn:ogc:def:crs:)?(OGC|EPSG):(?:[0-9.]*:)?([A-Z0-9]{1,8})", re.IGNORECASE)
MAX_MEMBERS = 200


class NotAnArea(Malformed):
    """The document holds no polygon, or holds something that is none."""

    title = "This GeoJSON does not hold an area"


def read_geojson(document: object, plane: Plane) -> tuple[Area, Conversion]:
    """The area of a Polygon, MultiPolygon, Feature or FeatureCollection (its polygons together).

    Longitude and latitude WGS84 (RFC 7946) unless a `crs` member names an EPSG system. Raises
    NotAnArea, CornerNotReadable, AreaNotValid, each with the place where it stopped.
    """
    if not isinstance(document, dict):
        raise NotAnArea("GeoJSON is an object")
    polygons = _polygons(document, 0)
    if not polygons:
        raise NotAnArea("There is no polygon in this document")
    system = _system(document)
    parts = [
        [
            [_corner(p, r, n, position, system) for n, position in enumerate(ring, start=1)]
            for r, ring in enumerate(_list(rings, "rings"), start=1)
            if _list(ring, "corners")
        ]
        for p, rings in enumerate(polygons, start=1)
    ]
    if not all(parts):
        raise NotAnArea("A polygon without corners holds no ground", part=parts.index([]) + 1)
    return area_of(parts, system, plane)


def _polygons(node: object, depth: int) -> list[object]:
    """The coordinates of each polygon in the document, in its order."""
    if not isinstance(node, dict) or depth > 8:
        raise NotAnArea("A member of this document is no GeoJSON")
    match node.get("type"):
        case "Feature":
            return _polygons(node.get("geometry"), depth + 1)
        case "FeatureCollection":
            inner = _list(node.get("features"), "features")
        case "GeometryCollection":
            inner = _list(node.get("geometries"), "geometries")
        case "Polygon":
            return [node.get("coordinates")]
        case "MultiPolygon":
            return list(_list(node.get("coordinates"), "polygons"))
        case _:
            raise NotAnArea("Only polygons hold ground; points and lines do not")
    return [found for member in inner for found in _polygons(member, depth + 1)]


def _list(value: object, what: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise NotAnArea(f"The {what} are not a list")
    if what != "corners" and len(value) > MAX_MEMBERS:
        raise NotAnArea(f"There are more than {MAX_MEMBERS} {what}")
    return value


def _corner(part: int, ring: int, number: int, position: object, system: str) -> Corner:
    where = {"part": part, "ring": ring, "corner": number}
    if not isinstance(position, list) or not 2 <= len(position) <= 4:
        raise CornerNotReadable(f"Corner {number} is not a pair of numbers", **where)
    x, y = position[:2]
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in (x, y)):
        raise CornerNotReadable(f"Corner {number} is not a pair of numbers", **where)
    if not (abs(x) < 1e9 and abs(y) < 1e9):  # also refuses NaN and infinities
        raise CornerNotReadable(f"Corner {number} is no place on Earth", **where)
    if planes.system(system).is_geographic and not (abs(x) <= 180 and abs(y) <= 90):
        raise CornerNotReadable(f"Corner {number} is no place on Earth", **where)
    return Corner(part, ring, number, float(x), float(y))


def _system(document: dict[str, Any]) -> str:
    named = document.get("crs")
    if named is None:
        return LONLAT
    properties = named.get("properties") if isinstance(named, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    found = _NAMED.fullmatch(name) if isinstance(name, str) and len(name) < 60 else None
    if found is None:
        raise planes.SystemUnknown("The crs member names no EPSG system")
    authority, code = found.groups()
    return LONLAT if authority.upper() == "OGC" else f"EPSG:{code}"


def write_geojson(area: Area, plane: Plane, digits: int = 7) -> dict[str, Any]:
    """A MultiPolygon in degrees WGS84 for display, coordinates as decimal text, rings closed."""
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [_closed(ring, plane, digits) for ring in part] for part in area.parts
        ],
    }


def _closed(ring: Sequence[Point], plane: Plane, digits: int) -> list[list[str]]:
    written = [
        [f"{lon:.{digits}f}", f"{lat:.{digits}f}"] for lon, lat in plane.to_lonlat(ring)
    ]
    return [*written, written[0]]


def numbers(geometry: dict[str, Any]) -> dict[str, Any]:
    """The same GeoJSON with numbers instead of text, for maps."""
    return {"type": geometry["type"], "coordinates": _numbers(geometry["coordinates"])}


def _numbers(value: object) -> object:
    return [_numbers(v) for v in value] if isinstance(value, list) else float(str(value))


