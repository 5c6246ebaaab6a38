"""The core of an area: what must not overlap, with the law's tolerance taken off its rim."""

from collections.abc import Iterator

import shapely
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from kernel.problems import Problem
from services.cadastre.domain.area import MM, Area

LEAST_MM = 1  # coordinates are rounded to a millimetre, so a shared side may waver by that much
SLIT = 0.001  # metres left out along a cut, so that two halves of one area never meet
MITRE = 5.0


class AreaTooThin(Problem):
    """Nothing is left of the area when the tolerance is taken off its rim."""

    title = "The area is thinner than the tolerance of the law"


def core_of(area: Area, sliver_mm: int) -> tuple[Polygon, ...]:
    """Hole-free pieces in metres, shrunk by half of `sliver_mm`, ordered by (xmin, ymin).

    The database's polygons have no holes, so a part with holes is cut beside each of them.
    """
    inward = max(sliver_mm / 2, LEAST_MM) / MM
    shrunk = area.shape().buffer(-inward, join_style="mitre", mitre_limit=MITRE)
    pieces = [piece for polygon in _polygons(shrunk) for piece in _without_holes(polygon)]
    if not pieces:
        raise AreaTooThin(
            "The area is thinner than the tolerance within which overlaps are no conflict",
            sliver_mm=sliver_mm,
        )
    return tuple(sorted(pieces, key=_place))


def _without_holes(polygon: Polygon) -> Iterator[Polygon]:
    if not polygon.interiors:
        yield polygon
        return
    xmin, ymin, xmax, ymax = polygon.bounds
    west, _, east, _ = polygon.interiors[0].bounds
    cut = (west + east) / 2
    for half in (
        box(xmin - 1, ymin - 1, cut - SLIT, ymax + 1),
        box(cut + SLIT, ymin - 1, xmax + 1, ymax + 1),
    ):
        for piece in _polygons(shapely.intersection(polygon, half)):
            yield from _without_holes(piece)


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    members = shape.geoms if hasattr(shape, "geoms") else [shape]
    return [
        member for member in members if isinstance(member, Polygon) and member.area > SLIT * SLIT
    ]


def _place(piece: Polygon) -> tuple[float, ...]:
    return piece.bounds


