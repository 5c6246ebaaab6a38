"""Validity: tells whether corners enclose ground, and marks the corner where they do not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry import Point as ShapelyPoint
from shapely.validation import explain_validity

from kernel.problems import Malformed
from services.cadastre.domain.area import MM, Area, Point, twice_area

MAX_CORNERS = 2000
MAX_PARTS = 50
SMALLEST_MM2 = 1_000_000  # 1 m²: what is smaller is a slip of the pen


class AreaNotValid(Malformed):
    """The corners do not enclose ground; `part`, `ring` and `corner` (from 1) say where."""

    title = "These corners do not enclose an area"


class TooManyCorners(Malformed):
    title = "The area has too many corners"


@dataclass(frozen=True, slots=True)
class Marked:
    """A corner in millimetres that remembers its number in the input."""

    number: int
    point: Point


@dataclass(frozen=True, slots=True)
class Outline:
    """A ring as drawn, repeated corners left out, for one part."""

    part: int
    ring: int
    corners: tuple[Marked, ...]

    def points(self) -> list[Point]:
        return [corner.point for corner in self.corners]

    def wrong(self, why: str, corner: Marked, **more: object) -> AreaNotValid:
        return AreaNotValid(
            why, part=self.part, ring=self.ring, corner=corner.number, **more
        )


def outline(part: int, ring: int, points: Sequence[Point]) -> Outline:
    """Close a ring and leave out corners typed twice in a row. Raises AreaNotValid."""
    kept: list[Marked] = []
    for number, point in enumerate(points, start=1):
        if not kept or kept[-1].point != point:
            kept.append(Marked(number, point))
    if len(kept) > 1 and kept[0].point == kept[-1].point:
        kept.pop()
    drawn = Outline(part, ring, tuple(kept))
    if len(kept) < 3:
        raise AreaNotValid(
            "An area needs at least three different corners",
            part=part,
            ring=ring,
            corner=kept[-1].number if kept else 1,
        )
    if _on_one_line(drawn.points()):
        raise drawn.wrong("These corners lie on one line", kept[-1])
    return drawn


def _on_one_line(points: Sequence[Point]) -> bool:
    (x1, y1), (x2, y2), *others = points
    return all((x2 - x1) * (y - y1) == (y2 - y1) * (x - x1) for x, y in others)


def enclosed(crs: str, parts: Sequence[Sequence[Outline]]) -> Area:
    """The canonical area of valid outlines. Raises AreaNotValid with the corner marked."""
    if not parts:
        raise AreaNotValid("There are no corners", part=1, ring=1, corner=1)
    polygons = [_polygon(rings) for rings in parts]
    whole = MultiPolygon(polygons)
    if not whole.is_valid:
        rings = [ring for part in parts for ring in part]
        raise _explained("The parts of the area overlap or share a side", whole, rings)
    return Area.of(crs, [[ring.points() for ring in rings] for rings in parts])


def count(parts: int, corners: int) -> None:
    """Raises TooManyCorners beyond what an area on paper ever has."""
    if parts > MAX_PARTS:
        raise TooManyCorners(f"An area has at most {MAX_PARTS} parts", parts=parts)
    if corners > MAX_CORNERS:
        raise TooManyCorners(f"An area has at most {MAX_CORNERS} corners", corners=corners)


def _polygon(rings: Sequence[Outline]) -> Polygon:
    for ring in rings:
        alone = Polygon(ring.points())
        if not alone.is_valid:
            raise _explained("Two sides of the area cross or touch", alone, [ring])
        if abs(twice_area(ring.points())) < 2 * SMALLEST_MM2:
            raise ring.wrong("These corners enclose less than a square metre", ring.corners[-1])
    polygon = Polygon(rings[0].points(), [hole.points() for hole in rings[1:]])
    if not polygon.is_valid:
        raise _explained("A hole crosses or leaves the area", polygon, rings[::-1])
    return polygon


def _explained(
    why: str, shape: Polygon | MultiPolygon, rings: Iterable[Outline]
) -> AreaNotValid:
    """Names the corners at whose sides the fault lies; `at` is the spot in millimetres."""
    spot = _spot(explain_validity(shape))
    found = [
        (_distance(ring, n, spot), ring, n) for ring in rings for n in range(len(ring.corners))
    ]
    nearest = min(distance for distance, _, _ in found)
    at_fault = [(ring, n) for distance, ring, n in found if distance <= nearest + MM]
    ring, n = at_fault[0]
    return ring.wrong(
        why,
        ring.corners[n],
        corners=sorted({r.corners[m].number for r, m in at_fault if r is ring}),
        at_mm=[round(spot.x), round(spot.y)],
    )


def _spot(reason: str) -> ShapelyPoint:
    """GEOS ends its explanation with `[x y]`."""
    _, _, tail = reason.rpartition("[")
    x, _, y = tail.rstrip("]").partition(" ")
    return ShapelyPoint(float(x), float(y))


def _distance(ring: Outline, n: int, spot: ShapelyPoint) -> float:
    """From the spot to the side that begins at corner n."""
    following = ring.corners[(n + 1) % len(ring.corners)]
    side = shapely.LineString([ring.corners[n].point, following.point])
    return float(side.distance(spot))
