"""Ground of any shape: it is refused with a reason, or it can be held by one and by nobody else."""

import math
from contextlib import suppress
from typing import Any

from cadastre_ground import FREE, WORK, Register, asked
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import union_all
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon
from sqlalchemy import text

from contracts.cadastre.wire import GroundAsked
from kernel.problems import Problem
from services.cadastre.acts.grant_area import GroundTaken
from services.cadastre.domain.area import Area
from services.cadastre.domain.core import AreaTooThin, core_of

STEP = st.integers(0, 12).map(lambda n: n * 15.0) | st.floats(0, 180, width=32)
CORNER = st.tuples(STEP, STEP)
RING = st.lists(CORNER, min_size=0, max_size=14)
PATIENT = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def at_free_ground(ring: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(FREE[0] + x, FREE[1] + y) for x, y in ring]


@PATIENT
@given(rings=st.lists(RING, min_size=1, max_size=3))
def test_any_rings_are_ground_or_refused_with_a_reason(
    register: Register, rings: list[list[tuple[float, float]]]
) -> None:
    what = asked(*map(at_free_ground, rings))
    status = refusal(register, what)
    assert status in (None, 409, 422)
    if status is None:
        assert holders(register, what) == ["first"]


@PATIENT
@given(ring=st.lists(CORNER, min_size=4, max_size=14))
def test_ground_with_corners_all_round_is_held_by_one(
    register: Register, ring: list[tuple[float, float]]
) -> None:
    round_about = sorted(ring, key=lambda p: (math.atan2(p[1] - 90, p[0] - 90), p))
    what = asked(at_free_ground(round_about))
    status = refusal(register, what)
    assert status in (None, 409, 422)
    if status is None:
        assert holders(register, what) == ["first"]


def refusal(register: Register, what: GroundAsked) -> int | None:
    try:
        register.check(what)
    except Problem as refused:
        return refused.status
    return None


def holders(register: Register, what: GroundAsked) -> list[str]:
    """Which of two that ask for the same ground get it, when no place in the sequence counts."""
    asking = {name: register.enter(what) for name in ("first", "second")}
    clear(register, "displacement")
    held = []
    for name, application in asking.items():
        with suppress(GroundTaken):
            register.grant(application, what)
            held.append(name)
    clear(register, "ground", "displacement")
    with register.works.open(WORK) as work:
        work.session.execute(text("update licence_area set status = 'withdrawn'"))
    return held


def clear(register: Register, *tables: str) -> None:
    with register.works.open(WORK) as work:
        for table in tables:
            work.session.execute(text(f"delete from {table}"))


def scattered(parts: list[tuple[int, int, int]]) -> MultiPolygon:
    """Squares with square holes, as they fall: some join, some nest, some touch in a corner."""
    squares = []
    for column, row, hole in parts:
        shell = [(0, 0), (40, 0), (40, 40), (0, 40)]
        gap = [(10, 10), (10 + hole, 10), (10 + hole, 10 + hole), (10, 10 + hole)]
        squares.append(translate(Polygon(shell, [gap] if hole else []), 20 * column, 20 * row))
    joined = union_all(squares)
    return joined if isinstance(joined, MultiPolygon) else MultiPolygon([joined])


@settings(max_examples=150, deadline=None)
@given(
    parts=st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 25)), min_size=1, max_size=9
    ),
    sliver_mm=st.sampled_from([0, 10, 500, 2000]),
)
def test_a_core_lies_inside_has_no_holes_and_does_not_meet_itself(
    parts: list[tuple[int, int, int]], sliver_mm: int
) -> None:
    whole = scattered(parts)
    try:
        pieces = core_of(Area.of_shape("EPSG:32736", whole), sliver_mm)
    except AreaTooThin:
        return
    assert all(piece.is_valid and not piece.interiors for piece in pieces)
    assert whole.buffer(1e-6).covers(MultiPolygon(list(pieces)))
    meeting: list[Any] = [
        (n, m) for n, a in enumerate(pieces) for m, b in enumerate(pieces[:n]) if a.intersects(b)
    ]
    assert meeting == []
    lost = whole.area - sum(piece.area for piece in pieces)
    rim = sum(
        ring.length for part in whole.geoms for ring in (part.exterior, *part.interiors)
    )
    assert lost <= rim * (max(sliver_mm, 2) / 2000 + 0.01) * 1.5 + 1
