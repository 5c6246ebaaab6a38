"""Ground as the law sees it: whole millimetres of the legal plane, in one canonical spelling."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from kernel.log.canonical import canonical

MM = 1000  # millimetres to a metre of the plane

Point = tuple[int, int]
Ring = tuple[Point, ...]
Part = tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """One or more parts with their holes; rings are open (the first point is not repeated).

    Exteriors run anticlockwise, holes clockwise, each ring begins at its smallest point, holes are
    ordered by it and parts by (xmin, ymin). Two areas are the same ground drawn with the same
    corners exactly when they are equal.
    """

    crs: str
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, crs: str, parts: Iterable[Sequence[Sequence[Point]]]) -> Self:
        """The canonical spelling of rings in any order, direction and start; they must be valid."""
        spelled = [
            (_spell(rings[0], 1), *sorted(_spell(hole, -1) for hole in rings[1:]))
            for rings in parts
        ]
        return cls(crs, tuple(sorted(spelled, key=_place)))

    @classmethod
    def of_shape(cls, crs: str, shape: BaseGeometry) -> Self:
        """From a shape in metres of the plane, rounded to millimetres."""
        polygons = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
        return cls.of(
            crs,
            [
                [_open(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]
                for polygon in polygons
                if isinstance(polygon, Polygon)
            ],
        )

    def shape(self) -> MultiPolygon:
        """In metres of the plane."""
        return MultiPolygon([polygon_of(part) for part in self.parts])

    def bbox(self) -> tuple[int, int, int, int]:
        """(xmin, ymin, xmax, ymax) in millimetres."""
        points = [point for part in self.parts for point in part[0]]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)

    def corners(self) -> int:
        return sum(len(ring) for part in self.parts for ring in part)

    def wire(self) -> dict[str, Any]:
        """As the ground statement carries it (`contracts.cadastre.statement.Geometry`)."""
        parts = [[[[x, y] for x, y in ring] for ring in part] for part in self.parts]
        return {"crs": self.crs, "mm": parts, "cells": None}


def hash_of(wire: dict[str, Any]) -> str:
    """Lower-case hex SHA-256 of the canonical bytes of a geometry as a statement carries it."""
    return hashlib.sha256(canonical(wire)).hexdigest()


def twice_area(ring: Sequence[Point]) -> int:
    """Twice the signed area in mm², exact; positive when the ring runs anticlockwise."""
    following = [*ring[1:], ring[0]]
    return sum(
        x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, following, strict=True)
    )


def polygon_of(part: Part) -> Polygon:
    """A part in metres of the plane."""
    shell, *holes = ([(x / MM, y / MM) for x, y in ring] for ring in part)
    return Polygon(shell, holes)


def _spell(ring: Sequence[Point], direction: int) -> Ring:
    turned = list(ring) if twice_area(ring) * direction > 0 else list(reversed(ring))
    first = turned.index(min(turned))
    return tuple(turned[first:] + turned[:first])


def _place(part: Part) -> tuple[int, int, Part]:
    return min(x for x, _ in part[0]), min(y for _, y in part[0]), part


def _open(coords: Iterable[tuple[float, ...]]) -> list[Point]:
    points = [(round(x * MM), round(y * MM)) for x, y, *_ in coords]
    return [point for n, point in enumerate(points[:-1]) if point != points[n - 1] or n == 0]
