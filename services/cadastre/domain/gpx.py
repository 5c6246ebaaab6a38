"""A GPS walk: reads a stranger's GPX and draws the ground that was walked round."""

import math
from dataclasses import dataclass, field
from itertools import product
from xml.parsers import expat

from shapely.geometry import LineString, Polygon

from kernel.problems import Malformed
from services.cadastre.domain import validity
from services.cadastre.domain.area import MM, Area, Point
from services.cadastre.domain.corners import CornerNotReadable
from services.cadastre.domain.planes import LONLAT, Conversion, Corner, Plane

MAX_BYTES = 1024 * 1024
MAX_POINTS = 50_000
MAX_DEPTH = 16
MAX_TRACKS = 20
SMOOTHING_M = (1.0, 2.0, 3.0, 5.0)  # up to a hand-held receiver's own error
LARGEST_GAP_M = 100.0
MAX_ENDS = 40
OVERLAP_M = 15.0  # walkers go on a little after passing their start


class NotAWalk(Malformed):
    """The file is no GPX, or holds no track that goes round anything."""

    title = "This file holds no walk round an area"


@dataclass(frozen=True, slots=True)
class Walk:
    """How a track became an area: said to the applicant, so that nothing is repaired in silence."""

    points: int  # in the file
    corners: int  # that were kept
    smoothed_m: str
    closing_gap_m: str  # between the last point and the first


@dataclass(slots=True)
class _Reader:
    """Collects points; knows nothing but nesting, so that no document can make it do more."""

    tracks: list[list[Corner]] = field(default_factory=list)
    loose: dict[str, list[Corner]] = field(default_factory=lambda: {"rte": [], "wpt": []})
    path: list[str] = field(default_factory=list)
    count: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if len(self.path) >= MAX_DEPTH or (not self.path and local != "gpx"):
            raise NotAWalk("This is not a GPX file")
        self.path.append(local)
        if local in ("trk", "rte") and len(self.path) == 2:
            self._open(local)
        elif local in ("trkpt", "rtept", "wpt"):
            self._point(local, attributes)

    def end(self, _: str) -> None:
        self.path.pop()

    def _open(self, local: str) -> None:
        if len(self.tracks) >= MAX_TRACKS:
            raise NotAWalk(f"There are more than {MAX_TRACKS} tracks")
        if local == "trk":
            self.tracks.append([])

    def _point(self, local: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_POINTS:
            raise NotAWalk(f"There are more than {MAX_POINTS} points")
        if local == "trkpt" and self.tracks:
            into, part = self.tracks[-1], len(self.tracks)
        else:
            into, part = self.loose["rte" if local == "rtept" else "wpt"], 1
        number = len(into) + 1
        lon, lat = _degree(attributes.get("lon"), 180), _degree(attributes.get("lat"), 90)
        if lon is None or lat is None:
            raise CornerNotReadable(
                f"Point {number} of the walk cannot be read", part=part, ring=1, corner=number
            )
        into.append(Corner(part, 1, number, lon, lat))

    def has_tracks(self) -> bool:
        return any(self.tracks)

    def walked(self) -> list[list[Corner]]:
        """Tracks; without any, the route, and without it the waypoints in their order."""
        tracks = [track for track in self.tracks if track]
        loose = [points for points in (self.loose["rte"], self.loose["wpt"]) if points]
        return tracks or loose[:1]


def read_gpx(text: str, plane: Plane) -> tuple[Area, Conversion, list[Walk]]:
    """Each track is one part. Raises NotAWalk, CornerNotReadable, CornerOutside or AreaNotValid."""
    if len(text.encode()) > MAX_BYTES:
        raise NotAWalk("This file is larger than any walk")
    reader = _parse(text)
    walks = reader.walked()
    if not walks:
        raise NotAWalk("There is no track in this file")
    outlines, told = [], []
    for part, walk in enumerate(walks, start=1):
        points, named = plane.take(walk, LONLAT)
        ring, how = _go_round(points, part, came_back=reader.has_tracks())
        outlines.append([ring])
        told.append(how)
    validity.count(len(outlines), sum(len(ring.corners) for (ring,) in outlines))
    return validity.enclosed(plane.crs, outlines), named, told


def _parse(text: str) -> _Reader:
    """expat without document types: no entities, no external files, no growth."""
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(text.lstrip("\ufeff \r\n\t").encode(), True)
    except expat.ExpatError as broken:
        raise NotAWalk(
            f"The file is broken in line {broken.lineno}", line=broken.lineno
        ) from broken
    return reader


def _refuse(*_: object) -> None:
    raise NotAWalk("A GPX file has no document type of its own")


def _degree(text: str | None, most: int) -> float | None:
    if text is None or len(text) > 40:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= most else None


def _go_round(
    points: list[Point], part: int, came_back: bool
) -> tuple[validity.Outline, Walk]:
    """Leave off the end that repeats the beginning, close, and smooth the receiver's tremble.

    A walk comes back to its start; a route of planned corners need not.
    """
    if len(points) < 3:
        raise NotAWalk("The walk has fewer than three points", part=part)
    lap, kept, smoothed = _one_lap(points)
    gap = math.dist(lap[0], lap[-1]) / MM
    if came_back and gap > LARGEST_GAP_M:
        raise NotAWalk(
            "The walk does not come back to its start", part=part, gap_m=f"{gap:.0f}"
        )
    ring = validity.outline(part, 1, kept)
    numbered = tuple(
        validity.Marked(points.index(corner.point) + 1, corner.point) for corner in ring.corners
    )
    walk = Walk(len(points), len(numbered), f"{smoothed:.1f}", f"{gap:.1f}")
    return validity.Outline(part, 1, numbered), walk


def _one_lap(points: list[Point]) -> tuple[list[Point], list[Point], float]:
    """The walk up to its return to the start, its smoothed corners, and by how many metres.

    It ends at the point of its last tenth that is nearest to the start and does not cross the
    beginning; without one, at its last point. It is smoothed as little as makes it a ring.
    """
    tail = range(max(3, len(points) * 9 // 10), len(points))
    near = [n for n in tail if math.dist(points[n], points[0]) <= OVERLAP_M * MM]
    near.sort(key=lambda n: (math.dist(points[n], points[0]), n))
    ends = [n + 1 for n in near[:MAX_ENDS]] or [len(points)]
    for metres, end in product(SMOOTHING_M, ends):
        kept = _smoothed(points[:end], metres)
        if len(kept) > 3 and Polygon(kept).is_valid:
            return points[:end], kept, metres
    return points, _smoothed(points, SMOOTHING_M[0]), SMOOTHING_M[0]


def _smoothed(lap: list[Point], metres: float) -> list[Point]:
    """Corners that are left when what strays less is left out (Douglas-Peucker)."""
    line = LineString([*lap, lap[0]]).simplify(metres * MM, preserve_topology=True)
    return [(round(x), round(y)) for x, y in line.coords]
