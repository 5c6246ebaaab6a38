"""The grid: ground as whole cells, where belonging is integer arithmetic."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from kernel.law.ground import Contiguity
from kernel.problems import Malformed
from services.cadastre.domain.area import Area, Point, Ring, twice_area
from services.cadastre.domain.planes import LONLAT, Corner, Plane

MAX_CELLS = 2000
LEAST_TOLERANCE_MM = 500  # corners typed in degrees are rounded on their way
HALF_WORLD = 2**31  # cells are packed into one bigint
Cell = tuple[int, int]


class CellsNotValid(Malformed):
    """These are no cells of the grid; `cell` counts from 1."""

    title = "These are not cells of the grid"


class OffGrid(Malformed):
    """A corner or a side does not lie on the lines of the grid."""

    title = "The area does not follow the grid"


class Unit(StrEnum):
    METRES = "metres"  # of the legal plane
    ARC_SECONDS = "arc-seconds"  # of longitude and latitude


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines every `size` units from an origin; cell (column, row) lies north-east of its node.

    `size` and origin are in millimetres of the plane (metres) or thousandths of an arc-second.
    """

    plane: Plane
    unit: Unit
    size: int
    origin_x: int = 0
    origin_y: int = 0
    hectares_each: Decimal | None = None  # what the law counts for a unit

    @property
    def name(self) -> str:
        """The same for every licence type on the same lines: their cells exclude each other."""
        origin = f"{self.origin_x},{self.origin_y}"
        return f"{self.plane.crs}/{self.unit.value}/{self.size}/{origin}"

    def node(self, column: int, row: int) -> Point:
        """The south-west corner of a cell in millimetres; neighbours share it exactly."""
        x, y = self.origin_x + column * self.size, self.origin_y + row * self.size
        if self.unit is Unit.METRES:
            return x, y
        corner = Corner(1, 1, 1, x / 3_600_000, y / 3_600_000)
        (point,), _ = self.plane.take([corner], LONLAT)
        return point

    def area(self, cells: Sequence[Cell]) -> Area:
        """The ground of cells; on a graticule every node along a border stays a corner."""
        straight = self.unit is Unit.METRES
        parts = [
            [[self.node(*node) for node in ring] for ring in part]
            for part in outline(cells, straight)
        ]
        return Area.of(self.plane.crs, parts)

    def nearest(self, point: Point) -> Cell:
        """The node of the grid nearest to a point of the plane."""
        x, y = point
        if self.unit is Unit.ARC_SECONDS:
            ((lon, lat),) = self.plane.to_lonlat([point])
            x, y = round(lon * 3_600_000), round(lat * 3_600_000)
        return (
            (2 * (x - self.origin_x) + self.size) // (2 * self.size),
            (2 * (y - self.origin_y) + self.size) // (2 * self.size),
        )


def read_cells(pairs: Sequence[Sequence[int]]) -> tuple[Cell, ...]:
    """Sorted cells. Raises CellsNotValid for a cell named twice, out of range, or none at all."""
    if not pairs:
        raise CellsNotValid("There are no cells", cell=1)
    if len(pairs) > MAX_CELLS:
        raise CellsNotValid(f"An area has at most {MAX_CELLS} cells", cell=MAX_CELLS + 1)
    seen: set[Cell] = set()
    for number, pair in enumerate(pairs, start=1):
        if len(pair) != 2 or any(abs(n) >= HALF_WORLD for n in pair):
            raise CellsNotValid(f"Cell {number} is not a column and a row", cell=number)
        cell = (pair[0], pair[1])
        if cell in seen:
            raise CellsNotValid(f"Cell {number} is named twice", cell=number)
        seen.add(cell)
    return tuple(sorted(seen))


def wire(crs: str, cells: Sequence[Cell]) -> dict[str, Any]:
    """As the ground statement carries it."""
    return {"crs": crs, "mm": None, "cells": [list(cell) for cell in cells]}


def packed(cell: Cell) -> int:
    """One number for a cell, in the order of (column, row)."""
    return (cell[0] << 32) + cell[1]


def cells_of(area: Area, grid: Grid, tolerance_mm: int) -> tuple[Cell, ...]:
    """The cells that an area drawn along the grid's lines holds.

    Corners may lie `tolerance_mm` beside their node. Raises OffGrid naming the corner otherwise.
    """
    rings = [
        [_on_node(grid, point, tolerance_mm, p, n) for n, point in enumerate(ring, start=1)]
        for p, part in enumerate(area.parts, start=1)
        for ring in part
    ]
    for ring in rings:
        _follows_lines(ring)
    wanted = sum(twice_area(ring) for ring in rings) // 2
    if not 0 < wanted <= MAX_CELLS:
        raise CellsNotValid(f"An area has 1 to {MAX_CELLS} cells", cell=1)
    return tuple(sorted(_inside(rings)))


def _on_node(grid: Grid, point: Point, tolerance_mm: int, part: int, number: int) -> Cell:
    node = grid.nearest(point)
    x, y = grid.node(*node)
    if max(abs(x - point[0]), abs(y - point[1])) > tolerance_mm:
        raise OffGrid(
            f"Corner {number} does not lie on the grid", part=part, ring=1, corner=number
        )
    return node


def _follows_lines(ring: Sequence[Cell]) -> None:
    following = [*ring[1:], ring[0]]
    for number, ((x1, y1), (x2, y2)) in enumerate(zip(ring, following, strict=True), start=1):
        if x1 != x2 and y1 != y2:
            raise OffGrid(f"The side from corner {number} cuts through cells", corner=number)


def _inside(rings: Iterable[Sequence[Cell]]) -> set[Cell]:
    """Cells between pairs of upright sides, row by row: even-odd rule in whole numbers."""
    crossings: defaultdict[int, list[int]] = defaultdict(list)
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            for row in range(min(y1, y2), max(y1, y2)) if x1 == x2 else ():
                crossings[row].append(x1)
    return {
        (column, row)
        for row, columns in crossings.items()
        for left, right in zip(sorted(columns)[::2], sorted(columns)[1::2], strict=True)
        for column in range(left, right)
    }


def outline(cells: Iterable[Cell], straight: bool) -> list[list[Ring]]:
    """Borders of cells in nodes: parts, each an exterior and its holes. Parts that meet only in a
    corner stay apart. `straight` leaves out nodes in the middle of a side."""
    rings = _trace(set(cells))
    shells = [ring for ring in rings if twice_area(ring) > 0]
    parts = [[shell] for shell in shells]
    for hole in (ring for ring in rings if twice_area(ring) < 0):
        holders = [n for n, shell in enumerate(shells) if _holds(shell, min(hole))]
        parts[min(holders, key=lambda n: twice_area(shells[n]))].append(hole)
    return [[_straightened(ring) if straight else ring for ring in part] for part in parts]


def _trace(cells: set[Cell]) -> list[Ring]:
    """Walk the sides with a cell on the left and none on the right; turn left at a crossing."""
    sides: defaultdict[Cell, list[Cell]] = defaultdict(list)
    for x, y in sorted(cells):
        for beside, start, end in (
            ((x, y - 1), (x, y), (x + 1, y)),
            ((x + 1, y), (x + 1, y), (x + 1, y + 1)),
            ((x, y + 1), (x + 1, y + 1), (x, y + 1)),
            ((x - 1, y), (x, y + 1), (x, y)),
        ):
            if beside not in cells:
                sides[start].append(end)
    rings = []
    while sides:
        rings.extend(_simple(_walk(sides, min(sides))))
    return rings


def _simple(ring: Ring) -> list[Ring]:
    """A ring that meets itself in a node is two rings."""
    found: list[Ring] = []
    path: list[Cell] = []
    for node in ring:
        if node in path:
            start = path.index(node)
            found.append(tuple(path[start:]))
            del path[start:]
        path.append(node)
    return [*found, tuple(path)]


def _walk(sides: defaultdict[Cell, list[Cell]], start: Cell) -> Ring:
    ring, before, here = [start], start, sides[start].pop(0)
    if not sides[start]:
        del sides[start]
    while here != start:
        ring.append(here)
        ways = sides[here]
        left = (here[0] - (here[1] - before[1]), here[1] + (here[0] - before[0]))
        onward = left if left in ways else ways[0]
        ways.remove(onward)
        if not ways:
            del sides[here]
        before, here = here, onward
    return tuple(ring)


def _holds(shell: Ring, node: Cell) -> bool:
    """Whether the cell north-east of a hole's smallest node lies inside a shell: even-odd."""
    x, y = node
    upright = (
        (a[0], min(a[1], b[1]), max(a[1], b[1]))
        for a, b in zip(shell, [*shell[1:], shell[0]], strict=True)
        if a[0] == b[0]
    )
    return sum(1 for side, low, high in upright if side <= x and low <= y < high) % 2 == 1


def _straightened(ring: Ring) -> Ring:
    following = [*ring[1:], ring[0]]
    return tuple(
        here
        for before, here, after in zip([ring[-1], *ring[:-1]], ring, following, strict=True)
        if (after[0] - here[0], after[1] - here[1]) != (here[0] - before[0], here[1] - before[1])
    )




def clusters(cells: Sequence[Cell], rule: Contiguity) -> int:
    """In how many pieces the cells lie, neighbours being those that share a side (or a corner)."""
    left, pieces = set(cells), 0
    steps = [(1, 0), (-1, 0), (0, 1), (0, -1)]
    if rule is Contiguity.CORNER:
        steps += [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    while left:
        pieces += 1
        edge = [left.pop()]
        while edge:
            x, y = edge.pop()
            beside = {(x + dx, y + dy) for dx, dy in steps} & left
            left -= beside
            edge.extend(beside)
    return pieces
