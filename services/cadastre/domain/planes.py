"""Planes: brings coordinates of any system into the legal plane and names the operation used."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import pyproj
from pyproj.aoi import AreaOfInterest
from pyproj.enums import TransformDirection
from pyproj.transformer import TransformerGroup

from kernel.problems import Malformed
from services.cadastre.domain.area import MM, Point

LONLAT = "EPSG:4326"
WEB = "EPSG:3857"
MARGIN = 3.0  # degrees beyond the plane's own area of use in which it still draws true enough
Box = tuple[float, float, float, float]


class SystemUnknown(Malformed):
    """The reference system named is not one the machine knows a way from."""

    title = "This coordinate reference system is not known here"


class CornerOutside(Malformed):
    """A corner lies where the country's legal plane does not reach."""

    title = "A corner lies outside the country"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was done to coordinates on their way: named, so that a surveyor can repeat it."""

    source: str
    target: str
    operation: str
    accuracy_m: str | None  # as the operation's authors declare it


@dataclass(frozen=True, slots=True)
class Corner:
    """A corner as given: where it stands in the input (counted from 1), and its two numbers."""

    part: int
    ring: int
    number: int
    x: float
    y: float

    def place(self) -> dict[str, int]:
        return {"part": self.part, "ring": self.ring, "corner": self.number}


@dataclass(frozen=True, slots=True)
class Plane:
    """A country's legal plane: its EPSG system and, where the law fixes it, the way from WGS84."""

    crs: str
    datum: str | None = None  # PROJ pipeline from degrees WGS84, longitude first

    @property
    def srid(self) -> int:
        return int(self.crs.partition(":")[2])

    def ellipsoid(self) -> pyproj.Geod:
        geod = system(self.crs).get_geod()
        if geod is None:
            raise SystemUnknown(f"{self.crs} stands on no ellipsoid")
        return geod

    def take(self, corners: Sequence[Corner], source: str) -> tuple[list[Point], Conversion]:
        """Millimetres for each corner. Raises CornerOutside naming the first that misses."""
        ways = _ways(source, self)
        points = [self._convert(corner, ways) for corner in corners]
        accuracy = max((way.accuracy for way in ways), default=0.0)
        return points, Conversion(
            source,
            self.crs,
            " + ".join(way.description for way in ways),
            f"{accuracy:g}" if accuracy >= 0 else None,
        )

    def _convert(self, corner: Corner, ways: Sequence[pyproj.Transformer]) -> Point:
        x, y = corner.x, corner.y
        for way in ways:
            x, y = way.transform(x, y)
        if not (math.isfinite(x) and math.isfinite(y) and self._reaches(x, y)):
            raise CornerOutside(
                f"Corner {corner.number} lies outside the country", **corner.place()
            )
        return round(x * MM), round(y * MM)

    def _reaches(self, x: float, y: float) -> bool:
        lon, lat = _out(self)(x, y)
        west, south, east, north = reach(self.crs)
        return bool(west <= lon <= east and south <= lat <= north)

    def to_lonlat(self, points: Sequence[Point]) -> list[tuple[float, float]]:
        """Degrees WGS84 for display only: reprojected borders no longer meet exactly."""
        xs, ys = _out(self)([x / MM for x, _ in points], [y / MM for _, y in points])
        return list(zip(xs, ys, strict=True))

    def to_web(self, points: Sequence[Point]) -> list[tuple[float, float]]:
        """Web Mercator metres, for tiles."""
        lons, lats = zip(*self.to_lonlat(points), strict=True)
        xs, ys = _way(LONLAT, WEB, None).transform(lons, lats)
        return list(zip(xs, ys, strict=True))

    def geodetic(self, points: Sequence[Point]) -> list[tuple[float, float]]:
        """Degrees of the plane's own datum, for distances and areas on its ellipsoid."""
        xs, ys = _base(self.crs).transform(
            [x / MM for x, _ in points], [y / MM for _, y in points]
        )
        return list(zip(xs, ys, strict=True))


@lru_cache(maxsize=256)
def system(name: str) -> pyproj.CRS:
    """`EPSG:n`. Raises SystemUnknown; other spellings are not taken: they may be long."""
    authority, _, code = name.partition(":")
    if authority.upper() != "EPSG" or not (code.isascii() and code.isdigit() and len(code) < 7):
        raise SystemUnknown("Name the system by its EPSG number, such as EPSG:32736")
    try:
        found = pyproj.CRS.from_epsg(int(code))
    except pyproj.exceptions.CRSError as unknown:
        raise SystemUnknown(f"There is no system EPSG:{int(code)}") from unknown
    if not (found.is_geographic or found.is_projected):
        raise SystemUnknown(f"EPSG:{int(code)} is no system of two coordinates")
    return found


@lru_cache(maxsize=256)
def reach(crs: str) -> Box:
    """(west, south, east, north) in degrees in which a plane may be used."""
    use = system(crs).area_of_use
    if use is None:
        return -180.0, -90.0, 180.0, 90.0
    west, south, east, north = use.bounds
    return west - MARGIN, max(south - MARGIN, -90.0), east + MARGIN, min(north + MARGIN, 90.0)


@lru_cache(maxsize=256)
def _way(source: str, target: str, box: Box | None) -> pyproj.Transformer:
    """The most accurate operation that is at hand for this place."""
    group = TransformerGroup(
        system(source),
        system(target),
        always_xy=True,
        area_of_interest=None if box is None else AreaOfInterest(*box),  # type: ignore[arg-type]
        allow_ballpark=False,
    )
    if not group.transformers:
        raise SystemUnknown(f"There is no known way from {source} to {target}")
    return group.transformers[0]


@lru_cache(maxsize=256)
def _ways(source: str, plane: Plane) -> tuple[pyproj.Transformer, ...]:
    """From a system into the plane; by way of WGS84 where the law fixes the datum."""
    box = reach(plane.crs)
    same_datum = system(source).geodetic_crs == system(plane.crs).geodetic_crs
    if plane.datum is None or (same_datum and source != LONLAT):
        return (_way(source, plane.crs, box),)
    into = pyproj.Transformer.from_pipeline(plane.datum)
    return (into,) if source == LONLAT else (_way(source, LONLAT, box), into)


@lru_cache(maxsize=16)
def _out(plane: Plane) -> Callable[..., tuple[Any, Any]]:
    """From the plane to degrees WGS84; a fixed pipeline is walked from its end."""
    if plane.datum is not None:
        into = pyproj.Transformer.from_pipeline(plane.datum)
        return partial(into.transform, direction=TransformDirection.INVERSE)
    return _way(plane.crs, LONLAT, reach(plane.crs)).transform


@lru_cache(maxsize=16)
def _base(crs: str) -> pyproj.Transformer:
    base = system(crs).geodetic_crs
    if base is None:
        raise SystemUnknown(f"{crs} stands on no ellipsoid")
    return pyproj.Transformer.from_crs(system(crs), base, always_xy=True)
