"""Geometry columns: a PostGIS geometry on one side, a shapely one on the other."""

import math
from collections.abc import Sequence

from geoalchemy2 import Geometry, WKBElement
from geoalchemy2.shape import to_shape
from shapely import to_wkb
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import BindParameter, Dialect, TypeDecorator, literal

LONLAT = 4326
WEB = 3857


class Shape(TypeDecorator[BaseGeometry]):
    """`Shape("MULTIPOLYGON")` lies in the legal plane, which the rulebook names and not the column.

    Each such table says in a column `plane` which one it is, and a constraint keeps it to one.
    `Shape("MULTIPOLYGON", LONLAT)` is for display. Give geometry with its SRID set.
    """

    impl = Geometry
    cache_ok = True

    def __init__(self, kind: str, srid: int = -1) -> None:
        super().__init__(kind, srid=srid, spatial_index=False)

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> str | None:
        return None if value is None else to_wkb(value, hex=True, include_srid=True)

    def process_result_value(
        self, value: WKBElement | None, dialect: Dialect
    ) -> BaseGeometry | None:
        return None if value is None else to_shape(value)


def in_plane(shape: BaseGeometry, kind: str) -> BindParameter[BaseGeometry]:
    """A shape of the legal plane as a parameter of a statement."""
    return literal(shape, Shape(kind))


def many(pieces: Sequence[Polygon]) -> MultiPolygon:
    """Pieces as one shape."""
    return MultiPolygon(list(pieces))


def box_mm(shape: BaseGeometry) -> tuple[int, int, int, int]:
    """A shape's box in whole millimetres, rounded outwards."""
    xmin, ymin, xmax, ymax = shape.bounds
    return (
        math.floor(xmin * 1000), math.floor(ymin * 1000),
        math.ceil(xmax * 1000), math.ceil(ymax * 1000),
    )
