"""Jurisdictions that leave ground out, or count it twice, are seen to the metre."""

from hypothesis import given
from hypothesis import strategies as st

from kernel.law.coverage import uncovered

SQUARE = ((0, 0), (1000, 0), (1000, 1000), (0, 1000))
WEST = ((0, 0), (500, 0), (500, 1000), (0, 1000))
EAST = ((500, 0), (1000, 0), (1000, 1000), (500, 1000))


def test_neighbours_that_share_their_border_leave_nothing() -> None:
    assert uncovered([SQUARE], [WEST, EAST]) == []
    assert uncovered([SQUARE], [SQUARE]) == []


def test_a_border_may_have_corners_that_only_one_side_names() -> None:
    east = ((500, 0), (1000, 0), (1000, 1000), (500, 1000), (500, 700), (500, 300))
    assert uncovered([SQUARE], [WEST, east]) == []


def test_a_gap_is_a_hole_with_its_size_and_place() -> None:
    ((hole, hectares, at),) = uncovered([SQUARE], [WEST])
    assert (hole, hectares) == (True, 50)
    assert at in EAST


def test_ground_of_two_offices_is_no_hole() -> None:
    wide = ((400, 0), (1000, 0), (1000, 1000), (400, 1000))
    ((hole, hectares, _),) = uncovered([SQUARE], [WEST, wide])
    assert (hole, hectares) == (False, 10)


def test_ground_outside_the_country_is_told() -> None:
    outside = ((1000, 0), (1200, 0), (1200, 1000), (1000, 1000))
    ((hole, hectares, _),) = uncovered([SQUARE], [WEST, EAST, outside])
    assert (hole, hectares) == (False, 20)


@given(
    st.lists(st.tuples(st.integers(100, 900), st.integers(100, 900)), min_size=1, max_size=8),
    st.integers(-3, 3),
)
def test_any_shared_border_leaves_nothing_and_a_moved_corner_leaves_something(
    corners: list[tuple[int, int]], moved: int
) -> None:
    border = sorted({y: x for x, y in corners}.items())
    line = [(x, y) for y, x in border]
    west = ((0, 0), (500, 0), *line, (500, 1000), (0, 1000))
    x, y = line[0]
    other = [(x + moved, y), *line[1:]]
    east = ((500, 0), (1000, 0), (1000, 1000), (500, 1000), *reversed(other))
    found = uncovered([SQUARE], [west, east])
    assert bool(found) is bool(moved)
    assert all(piece.hole is (moved > 0) for piece in found)
