import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon

from kernel.law.ground import AreaMethod
from kernel.problems import Problem
from services.cadastre.domain import geojson, hectares
from services.cadastre.domain.area import Area, hash_of, twice_area
from services.cadastre.domain.core import AreaTooThin, core_of
from services.cadastre.domain.corners import CornerNotReadable, read_corner, read_corners
from services.cadastre.domain.planes import CornerOutside, Plane, SystemUnknown
from services.cadastre.domain.validity import AreaNotValid

PLANE = Plane("EPSG:32736")
SQUARE = [(500_000, 8_900_000), (500_200, 8_900_000), (500_200, 8_900_300), (500_000, 8_900_300)]


def typed(points: list[tuple[float, float]]) -> list[tuple[str, str]]:
    return [(str(x), str(y)) for x, y in points]


def metric(*rings: list[tuple[float, float]]) -> Area:
    area, _ = read_corners([typed(ring) for ring in rings], "EPSG:32736", PLANE)
    return area


@given(
    start=st.integers(0, 3), backwards=st.booleans(), closed=st.booleans(), doubled=st.booleans()
)
def test_the_same_ground_has_one_spelling_however_it_is_drawn(
    start: int, backwards: bool, closed: bool, doubled: bool
) -> None:
    ring = SQUARE[start:] + SQUARE[:start]
    ring = ring[::-1] if backwards else ring
    ring = [point for point in ring for _ in range(1 + doubled)]
    ring = ring + ring[:1] if closed else ring
    drawn = metric(ring)
    assert drawn == metric(SQUARE)
    assert hash_of(drawn.wire()) == hash_of(metric(SQUARE).wire())
    assert drawn.parts[0][0][0] == (500_000_000, 8_900_000_000)
    assert twice_area(drawn.parts[0][0]) > 0


def test_holes_run_clockwise_and_parts_stand_in_order() -> None:
    hole = [(500_050, 8_900_050), (500_100, 8_900_050), (500_100, 8_900_100)]
    with_hole = metric(SQUARE, hole)
    assert twice_area(with_hole.parts[0][1]) < 0
    other = {
        "type": "MultiPolygon",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32736"}},
        "coordinates": [
            [[[x + 1000, y] for x, y in SQUARE]],
            [[[x, y] for x, y in SQUARE], [[x, y, 4.5] for x, y in hole]],
        ],
    }
    area, named = geojson.read_geojson(other, PLANE)
    assert [part[0][0][0] for part in area.parts] == [500_000_000, 501_000_000]
    assert area.parts[0] == with_hole.parts[0]
    assert named.operation.startswith("Inverse of") or named.operation == "noop"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("34.5", 34.5),
        ("34,5", 34.5),
        ("-34.5", -34.5),
        ("34 30 0", 34.5),
        ("34°30'00\"E", 34.5),
        ("34° 30′ 00″ W", -34.5),
        ("E 34 30.0", 34.5),
        ("34-30-00 E", 34.5),
        ("34:30:00", 34.5),
        ("34º30'", 34.5),
        ("34.5 E", 34.5),
    ],
)
def test_degrees_are_read_as_people_write_them(text: str, value: float) -> None:
    assert read_corner(1, 1, 1, (text, "-10"), angular=True).x == pytest.approx(value)


def test_a_letter_decides_the_axis_whatever_the_order() -> None:
    corner = read_corner(1, 1, 1, ("10 15 00 S", "34 30 00 E"), angular=True)
    assert (corner.x, corner.y) == (34.5, -10.25)


@pytest.mark.parametrize(
    "text", ["", "NaN", "inf", "1e308", "34 60 0", "34 30 61", "200", "34 N E", "x" * 5000, "34;5"]
)
def test_a_corner_that_cannot_be_read_is_named(text: str) -> None:
    ring = [("34.5", "-10"), (text, "-10.1"), ("34.6", "-10.1")]
    with pytest.raises(CornerNotReadable) as refusal:
        read_corners([ring], "EPSG:4326", PLANE)
    assert refusal.value.facts["corner"] == 2
    assert text not in refusal.value.detail or not text


def test_the_operation_used_is_named_with_its_accuracy() -> None:
    _, named = read_corners([typed(SQUARE)], "EPSG:21036", PLANE)
    assert "Arc 1960 to WGS 84" in named.operation
    assert named.accuracy_m is not None
    with pytest.raises(SystemUnknown):
        read_corners([typed(SQUARE)], "EPSG:999999", PLANE)
    with pytest.raises(SystemUnknown):
        read_corners([typed(SQUARE)], "+proj=pipeline", PLANE)


def test_a_plane_with_its_own_datum_goes_there_and_back() -> None:
    pipeline = (
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        "+step +proj=utm +zone=36 +south +ellps=WGS84"
    )
    fixed = Plane("EPSG:32736", pipeline)
    ring = [("34.0", "-10"), ("34.1", "-10"), ("34.1", "-9.9")]
    here, _ = read_corners([ring], "EPSG:4326", fixed)
    there, _ = read_corners([ring], "EPSG:4326", PLANE)
    assert here == there
    lon, lat = fixed.to_lonlat(here.parts[0][0])[0]
    assert (lon, lat) == (pytest.approx(34.0, abs=1e-7), pytest.approx(-10, abs=1e-7))


HOSTILE = [
    ({"type": "Polygon", "coordinates": []}, Problem),
    ({"type": "Polygon", "coordinates": [[]]}, Problem),
    ({"type": "Polygon"}, Problem),
    ({"type": "Point", "coordinates": [34, -10]}, Problem),
    ([], Problem),
    (None, Problem),
    ({"type": "Polygon", "coordinates": [[[34, -10], [34.1, -10], [34, -10]]]}, AreaNotValid),
    ({"type": "Polygon", "coordinates": [[[34, -10], [34, -10], [34, -10]]]}, AreaNotValid),
    (
        {"type": "Polygon", "coordinates": [[[34, -10], [34.1, -9.9], [34.1, -10], [34, -9.9]]]},
        AreaNotValid,
    ),
    ({"type": "Polygon", "coordinates": [[[34, -10], [1e308, 1], [34, -9]]]}, CornerNotReadable),
    ({"type": "Polygon", "coordinates": [[[34, -10], [math.nan, 1], [34, -9]]]}, CornerNotReadable),
    ({"type": "Polygon", "coordinates": [[[34, -10], [math.inf, 1], [34, -9]]]}, CornerNotReadable),
    ({"type": "Polygon", "coordinates": [[[34, -10], [True, 1], [34, -9]]]}, CornerNotReadable),
    ({"type": "Polygon", "coordinates": [[[34, -10], ["35", 1], [34, -9]]]}, CornerNotReadable),
    ({"type": "Polygon", "coordinates": [[[34, -10], [35], [34, -9]]]}, CornerNotReadable),
    ({"type": "Polygon", "coordinates": [[[34, -10], [10**400, 1], [34, -9]]]}, CornerNotReadable),
    ({"type": "Polygon", "coordinates": [[[179.9, -10], [-179.9, 1], [179, -9]]]}, CornerOutside),
    ({"type": "Polygon", "coordinates": [[[34, -10], [-120, -10], [34, -9]]]}, CornerOutside),
    (
        {"type": "Polygon", "coordinates": [[[34, -10], [34.1, -10]] * 1500]},
        Problem,
    ),
]


@pytest.mark.parametrize(("document", "refusal"), HOSTILE)
def test_hostile_geometry_is_refused_and_its_corner_named(
    document: object, refusal: type[Problem]
) -> None:
    with pytest.raises(refusal) as refused:
        geojson.read_geojson(document, PLANE)
    assert refused.value.status == 422
    if refusal is not Problem:
        assert refused.value.facts["corner"] >= 1
    json.dumps(refused.value.facts)


def test_the_corner_where_two_sides_cross_is_marked() -> None:
    bowtie = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]
    with pytest.raises(AreaNotValid) as refusal:
        metric(bowtie)
    assert refusal.value.facts["corners"] == [1, 3]
    assert refusal.value.facts["at_mm"] == [500_100_000, 8_900_150_000]


def test_parts_that_overlap_and_holes_that_leave_are_refused() -> None:
    outside = [(500_150, 8_900_050), (500_250, 8_900_050), (500_250, 8_900_100)]
    with pytest.raises(AreaNotValid):
        metric(SQUARE, outside)
    document = {
        "type": "MultiPolygon",
        "crs": {"type": "name", "properties": {"name": "EPSG:32736"}},
        "coordinates": [[[list(p) for p in SQUARE]], [[[x + 50, y] for x, y in SQUARE]]],
    }
    with pytest.raises(AreaNotValid):
        geojson.read_geojson(document, PLANE)


def test_hectares_are_exact_in_the_plane_and_true_on_the_ellipsoid() -> None:
    area = metric(SQUARE)
    found = hectares.by_method(area, PLANE, None, None)
    assert str(found[AreaMethod.PLANAR]) == "6.0000"
    scale = float(found[AreaMethod.GEODESIC]) / 6
    assert scale == pytest.approx(1 / 0.9996**2, abs=1e-4)  # UTM's scale on its central line
    assert str(hectares.planar(metric(SQUARE, SQUARE_HOLE))) == "5.9000"


SQUARE_HOLE = [
    (500_050, 8_900_050),
    (500_100, 8_900_050),
    (500_100, 8_900_070),
    (500_050, 8_900_070),
]


def test_a_core_has_no_holes_and_loses_half_the_tolerance_all_round() -> None:
    (core,) = core_of(metric(SQUARE), 500)
    assert core.bounds == pytest.approx((500_000.25, 8_900_000.25, 500_199.75, 8_900_299.75))
    pieces = core_of(metric(SQUARE, SQUARE_HOLE), 500)
    assert len(pieces) > 1
    assert not any(piece.interiors for piece in pieces)
    assert all(not a.intersects(b) for a in pieces for b in pieces if a is not b)
    hole_grown = (50 + 0.5) * (20 + 0.5)
    assert MultiPolygon(pieces).area == pytest.approx(199.5 * 299.5 - hole_grown, abs=1.5)
    assert [p.bounds for p in pieces] == sorted(p.bounds for p in pieces)


def test_what_is_thinner_than_the_tolerance_has_no_core() -> None:
    thin = metric([(500_000, 8_900_000), (500_200, 8_900_000), (500_200, 8_900_000.4)])
    with pytest.raises(AreaTooThin):
        core_of(thin, 500)
