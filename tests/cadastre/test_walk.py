import math
import random

import pytest

from services.cadastre.domain import gpx, hectares
from services.cadastre.domain.corners import CornerNotReadable
from services.cadastre.domain.planes import Plane
from services.cadastre.domain.validity import AreaNotValid

PLANE = Plane("EPSG:32736")
HEAD = '<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1">'


def track(points: list[tuple[float, float]]) -> str:
    inner = "".join(f'<trkpt lat="{lat}" lon="{lon}"><ele>9</ele></trkpt>' for lon, lat in points)
    return f"{HEAD}<trk><name>x</name><trkseg>{inner}</trkseg></trk></gpx>"


def walked(noise: float, seed: int, beyond: int = 4) -> list[tuple[float, float]]:
    """A 320 m by 200 m plot, a point every four metres, a tremble in metres, a little too far."""
    chance = random.Random(seed)
    border = [(x, 0) for x in range(0, 320, 4)] + [(320, y) for y in range(0, 200, 4)]
    border += [(320 - x, 200) for x in range(0, 320, 4)] + [(0, 200 - y) for y in range(0, 200, 4)]
    border += border[:beyond]
    points = [
        (round(500_000_000 + 1000 * (x + chance.gauss(0, noise))),
         round(8_900_000_000 + 1000 * (y + chance.gauss(0, noise))))
        for x, y in border
    ]
    return PLANE.to_lonlat(points)


@pytest.mark.parametrize("seed", range(8))
def test_a_trembling_walk_becomes_about_the_ground_that_was_walked_round(seed: int) -> None:
    area, _, (how,) = gpx.read_gpx(track(walked(0.4, seed)), PLANE)
    assert float(hectares.planar(area)) == pytest.approx(6.4, abs=0.06)
    assert how.points == 264
    assert how.corners < 100
    assert float(how.closing_gap_m) < gpx.OVERLAP_M


def test_a_walk_that_does_not_come_back_is_refused() -> None:
    with pytest.raises(gpx.NotAWalk) as refusal:
        gpx.read_gpx(track(walked(0, 1)[:150]), PLANE)
    assert float(str(refusal.value.facts["gap_m"])) > 100


def test_a_walk_that_crosses_itself_is_marked_at_its_point() -> None:
    points = [(0, 0), (300, 200), (300, 0), (0, 200), (0, 5)]
    walk = PLANE.to_lonlat([(500_000_000 + 1000 * x, 8_900_000_000 + 1000 * y) for x, y in points])
    with pytest.raises(AreaNotValid) as refusal:
        gpx.read_gpx(track(walk), PLANE)
    assert refusal.value.facts["corners"] == [1, 3]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not xml",
        "<html/>",
        HEAD,
        HEAD + "</gpx>",
        '<!DOCTYPE gpx [<!ENTITY a "b">]><gpx><trk/></gpx>',
        '<!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx/>',
        "<gpx>" * 40,
        HEAD + "<trk/>" * 30 + "</gpx>",
        track([(34.0, -10.0), (34.001, -10.0)]),
        track([(34.0, -10.0)] * 20),
    ],
)
def test_a_file_that_is_no_walk_is_refused(text: str) -> None:
    with pytest.raises((gpx.NotAWalk, AreaNotValid)):
        gpx.read_gpx(text, PLANE)


def test_a_point_that_is_none_is_named() -> None:
    for lat in ("NaN", "91", "1e999", "", "x"):
        with pytest.raises(CornerNotReadable) as refusal:
            gpx.read_gpx(track([(34, -10), (34.1, lat)]), PLANE)  # type: ignore[list-item]
        assert refusal.value.facts["corner"] == 2


def test_routes_and_waypoints_serve_where_there_is_no_track() -> None:
    four = [(34.0, -10.0), (34.001, -10.0), (34.001, -10.001), (34.0, -10.001)]
    for tag, wrap in (("rtept", "<rte>{}</rte>"), ("wpt", "{}")):
        inner = "".join(f'<{tag} lat="{lat}" lon="{lon}"/>' for lon, lat in four)
        area, _, _ = gpx.read_gpx(HEAD + wrap.format(inner) + "</gpx>", PLANE)
        assert area.corners() == 4
        assert math.isclose(float(hectares.planar(area)), 1.21, abs_tol=0.05)
