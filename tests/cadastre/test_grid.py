from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.law.ground import Contiguity
from services.cadastre.domain import hectares
from services.cadastre.domain.grid import (
    CellsNotValid,
    Grid,
    OffGrid,
    Unit,
    cells_of,
    clusters,
    packed,
    read_cells,
)
from services.cadastre.domain.planes import Plane

PLANE = Plane("EPSG:32736")
METRIC = Grid(PLANE, Unit.METRES, 500_000, 400_000_000, 8_800_000_000, Decimal("25"))
GRATICULE = Grid(PLANE, Unit.ARC_SECONDS, 15_000, 33 * 3_600_000, -10 * 3_600_000)
CELLS = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=30)


@given(cells=CELLS, grid=st.sampled_from([METRIC, GRATICULE]))
def test_cells_become_valid_ground_and_the_ground_the_same_cells(
    cells: set[tuple[int, int]], grid: Grid
) -> None:
    area = grid.area(sorted(cells))
    assert area.shape().is_valid
    assert cells_of(area, grid, 2) == tuple(sorted(cells))
    if grid is METRIC:
        assert hectares.planar(area) == 25 * len(cells)


@given(cells=CELLS)
def test_pieces_that_meet_in_a_corner_only_stay_apart(cells: set[tuple[int, int]]) -> None:
    area = METRIC.area(sorted(cells))
    assert len(area.parts) == clusters(sorted(cells), Contiguity.SIDE)
    assert clusters(sorted(cells), Contiguity.CORNER) <= len(area.parts)


def test_neighbours_of_a_graticule_share_their_corners_exactly() -> None:
    west, east = GRATICULE.area([(0, 0)]), GRATICULE.area([(1, 0)])
    assert len(set(west.parts[0][0]) & set(east.parts[0][0])) == 2
    assert west.shape().relate(east.shape())[0] == "F"


@pytest.mark.parametrize("pairs", [[], [[1, 1], [1, 1]], [[1, 2**31]], [[1]]])
def test_cells_that_are_none_are_refused(pairs: list[list[int]]) -> None:
    with pytest.raises(CellsNotValid):
        read_cells(pairs)


def test_an_area_beside_the_lines_is_off_the_grid() -> None:
    area = METRIC.area([(0, 0), (1, 0)])
    x, y = area.parts[0][0][0]
    moved = type(area).of(area.crs, [[[(x - 400, y), *area.parts[0][0][1:]]]])
    assert cells_of(moved, METRIC, 500) == ((0, 0), (1, 0))
    with pytest.raises(OffGrid) as refusal:
        cells_of(moved, METRIC, 300)
    assert refusal.value.facts["corner"] == 1
    slanted = type(area).of(area.crs, [[[METRIC.node(0, 0), METRIC.node(2, 0), METRIC.node(2, 2)]]])
    with pytest.raises(OffGrid):
        cells_of(slanted, METRIC, 300)


@given(st.lists(st.tuples(st.integers(-(2**31) + 1, 2**31 - 1), st.integers(0, 2**31 - 1))))
def test_packed_cells_keep_their_order(cells: list[tuple[int, int]]) -> None:
    assert [packed(cell) for cell in sorted(cells)] == sorted(packed(cell) for cell in cells)
