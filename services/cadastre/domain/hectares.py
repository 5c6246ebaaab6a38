"""Hectares by every method a law may name, each exact to its own definition."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import shapely
from shapely.geometry.base import BaseGeometry

from kernel.law.ground import AreaMethod
from services.cadastre.domain.area import Area, twice_area
from services.cadastre.domain.planes import Plane

MM2_PER_HECTARE = 10**10
FOUR_PLACES = Decimal("0.0001")


def planar_mm2(area: Area) -> int:
    """Exact."""
    return sum(
        abs(twice_area(part[0])) - sum(abs(twice_area(hole)) for hole in part[1:])
        for part in area.parts
    ) // 2


def planar(area: Area) -> Decimal:
    return round_hectares(Decimal(planar_mm2(area)) / MM2_PER_HECTARE)


def geodesic(area: Area, plane: Plane) -> Decimal:
    """Sides are geodesics between the corners (pyproj.Geod, Karney's method)."""
    geod = plane.ellipsoid()
    total = 0.0
    for part in area.parts:
        for n, ring in enumerate(part):
            lons, lats = zip(*plane.geodetic(ring), strict=True)
            square_metres, _ = geod.polygon_area_perimeter(lons, lats)
            total += abs(square_metres) * (1 if n == 0 else -1)
    return round_hectares(Decimal(repr(total)) / 10_000)


def round_hectares(value: Decimal) -> Decimal:
    """Four places: a square metre."""
    return value.quantize(FOUR_PLACES, ROUND_HALF_UP)


def of_square_metres(value: float) -> Decimal:
    return round_hectares(Decimal(repr(value)) / 10_000)


def by_method(
    area: Area, plane: Plane, declared: Decimal | None, units: Decimal | None
) -> dict[AreaMethod, Decimal]:
    """All that can be said of an area; `units` is the number of cells times the law's constant."""
    found = {AreaMethod.PLANAR: planar(area), AreaMethod.GEODESIC: geodesic(area, plane)}
    if declared is not None:
        found[AreaMethod.DECLARED] = round_hectares(declared)
    if units is not None:
        found[AreaMethod.UNITS] = round_hectares(units)
    return found


def per_cent(part: Decimal, whole: Decimal) -> Decimal:
    """Two places; 0 of nothing."""
    if not whole:
        return Decimal("0.00")
    return (part * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def left_of(whole: BaseGeometry, taken: Sequence[BaseGeometry], hectares: Decimal) -> Decimal:
    """The share of `hectares` that lies outside everything taken."""
    if not taken:
        return hectares
    rest = shapely.difference(whole, shapely.union_all(list(taken))).area
    return round_hectares(hectares * Decimal(repr(rest)) / Decimal(repr(whole.area)))
