"""Shapes for the database and for maps: one ground in the plane, in degrees, in Web Mercator."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shapely import set_srid
from shapely.geometry import MultiPolygon, Polygon

from services.cadastre.domain.area import MM, Area, Point
from services.cadastre.domain.planes import Plane

LONLAT_SRID = 4326
WEB_SRID = 3857


def in_plane(area: Area, plane: Plane) -> MultiPolygon:
    """Metres of the legal plane: what decides."""
    return set_srid(area.shape(), plane.srid)


def in_degrees(area: Area, plane: Plane) -> MultiPolygon:
    """Longitude and latitude WGS84: what is shown."""
    return set_srid(_drawn(area, plane.to_lonlat), LONLAT_SRID)


def in_web(area: Area, plane: Plane) -> MultiPolygon:
    """Web Mercator metres, for tiles."""
    return set_srid(_drawn(area, plane.to_web), WEB_SRID)


def _drawn(
    area: Area, convert: Callable[[Sequence[Point]], list[tuple[float, float]]]
) -> MultiPolygon:
    return MultiPolygon(
        [
            Polygon(convert(part[0]), [convert(hole) for hole in part[1:]])
            for part in area.parts
        ]
    )


def geojson_in_degrees(geometry: Mapping[str, Any], plane: Plane) -> dict[str, Any]:
    """GeoJSON in metres of the plane as GeoJSON in degrees WGS84, seven places."""
    return {
        "type": geometry["type"],
        "coordinates": _degrees(geometry["coordinates"], plane),
    }


def _degrees(node: list[Any], plane: Plane) -> list[Any]:
    if isinstance(node[0], list):
        return [_degrees(inner, plane) for inner in node]
    ((lon, lat),) = plane.to_lonlat([(round(node[0] * MM), round(node[1] * MM))])
    return [round(lon, 7), round(lat, 7)]
