"""Typed corners: reads what people write on paper, in degrees or in metres of a grid."""

import math
import re
from collections.abc import Sequence

from kernel.problems import Malformed
from services.cadastre.domain import planes, validity
from services.cadastre.domain.area import Area
from services.cadastre.domain.planes import Conversion, Corner, Plane

MAX_TEXT = 40
_NUMBER = r"\d{1,9}(?:[.,]\d{1,20})?"
_PLAIN = re.compile(rf"([+-]?)({_NUMBER})\s*(?:m|°)?")
_DEGREES = re.compile(
    rf"([+-]?)({_NUMBER})\s*[°º:\s-]\s*(?:({_NUMBER})\s*(?:['′’:\s-]\s*|$)"
    rf"(?:({_NUMBER})\s*(?:[\"″”]|'')?)?)?"
)
_SIDES = {"N": 1, "S": -1, "E": 1, "W": -1, "O": -1}


class CornerNotReadable(Malformed):
    """A number of a corner cannot be read; `part`, `ring`, `corner` and `axis` say which."""

    title = "A corner cannot be read"


def read_corners(
    rings: Sequence[Sequence[tuple[str, str]]], system: str, plane: Plane
) -> tuple[Area, Conversion]:
    """The area of typed corners, the first ring its border, others holes.

    Each corner is (x, y): longitude and latitude, or easting and northing of `system`. A letter
    N, S, E or W decides the axis whatever the order.
    """
    validity.count(1, sum(len(ring) for ring in rings))
    angular = planes.system(system).is_geographic
    read = [
        [read_corner(1, r, n, pair, angular) for n, pair in enumerate(ring, start=1)]
        for r, ring in enumerate(rings, start=1)
    ]
    return area_of([read], system, plane)


def area_of(
    parts: Sequence[Sequence[Sequence[Corner]]], system: str, plane: Plane
) -> tuple[Area, Conversion]:
    """The area of corners in any system: converted, rounded to millimetres, proven valid."""
    validity.count(len(parts), sum(len(ring) for rings in parts for ring in rings))
    flat = [corner for rings in parts for ring in rings for corner in ring]
    points, named = plane.take(flat, system)
    rest = iter(points)
    outlines = [
        [
            validity.outline(p, r, [next(rest) for _ in ring])
            for r, ring in enumerate(rings, start=1)
        ]
        for p, rings in enumerate(parts, start=1)
    ]
    return validity.enclosed(plane.crs, outlines), named


def read_corner(
    part: int, ring: int, number: int, pair: tuple[str, str], angular: bool
) -> Corner:
    """One typed corner. Raises CornerNotReadable."""
    values: dict[str, float] = {}
    for axis, text in zip("xy", pair, strict=True):
        found = _read(text, axis, angular)
        if found is None or found[0] in values:
            raise CornerNotReadable(
                f"Corner {number} cannot be read", part=part, ring=ring, corner=number, axis=axis
            )
        values[found[0]] = found[1]
    corner = Corner(part, ring, number, values["x"], values["y"])
    if angular and not (abs(corner.x) <= 180 and abs(corner.y) <= 90):
        raise CornerNotReadable(
            f"Corner {number} is no place on Earth",
            part=part,
            ring=ring,
            corner=number,
            axis="x" if abs(corner.x) > 180 else "y",
        )
    return corner


def _read(text: str, axis: str, angular: bool) -> tuple[str, float] | None:
    """(axis, value); None when it is no number. The letter of a side decides the axis."""
    text = text.strip().upper().replace("LON", "").replace("LAT", "")
    if len(text) > MAX_TEXT:
        return None
    sides = [letter for letter in text if letter in _SIDES]
    if len(sides) > 1:
        return None
    bare = text.strip(" NSEWO") if sides else text
    value = _degrees(bare.lower()) if angular else _plain(bare.lower())
    if value is None or not math.isfinite(value) or (sides and value < 0):
        return None
    if not sides:
        return axis, value
    return ("y" if sides[0] in "NS" else "x"), value * _SIDES[sides[0]]


def _plain(text: str) -> float | None:
    found = _PLAIN.fullmatch(text)
    if found is None:
        return None
    sign, digits = found.groups()
    return float(digits.replace(",", ".")) * (-1 if sign == "-" else 1)


def _degrees(text: str) -> float | None:
    """Decimal degrees, or degrees, minutes and seconds in any of the usual spellings."""
    if (decimal := _plain(text.removesuffix("°"))) is not None:
        return decimal
    found = _DEGREES.fullmatch(text)
    if found is None:
        return None
    sign, *written = found.groups()
    degrees, minutes, seconds = (float((w or "0").replace(",", ".")) for w in written)
    if minutes >= 60 or seconds >= 60:
        return None
    return (degrees + minutes / 60 + seconds / 3600) * (-1 if sign == "-" else 1)
