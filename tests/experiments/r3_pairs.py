"""Pairs of applications for R3, and what must come of each: plain geometry and one rule."""

import random
from dataclasses import dataclass
from typing import Final

from shapely import affinity
from shapely.geometry import Polygon, box

from contracts.cadastre.wire import Corners, GroundAsked

PERMIT, LICENCE = "artisanal-permit", "small-scale-licence"
WEST, SOUTH, WIDE, HIGH = 400_000, 9_580_000, 190, 34  # free ground, in spots of a kilometre
SPOT: Final = 1000
CELL: Final = 250
GRID: Final = (300_000, 9_400_000)
DEEP: Final = 2.0
"""Metres of shared ground, far beyond the rulebook's sliver tolerance; or none at all."""
SLOT: Final = 0.012
LATE: Final = 250
"""Slots by which the senior's ground, or its fee's callback, may come after all else."""
CALLBACKS: Final = (0.0, 0.1, 0.5, 1.5)
TASKS: Final = ("enter senior", "enter junior", "fate", "approve senior", "approve junior")


@dataclass(frozen=True, slots=True)
class Ask:
    """One application's ground in the legal plane, in metres."""

    licence_type: str
    minerals: tuple[str, ...]
    shape: Polygon
    cells: tuple[tuple[int, int], ...] = ()

    def question(self) -> GroundAsked:
        told = {"licence_type": self.licence_type, "minerals": list(self.minerals)}
        if self.cells:
            return GroundAsked(**told, cells=list(self.cells))
        ring = [(f"{x:.3f}", f"{y:.3f}") for x, y in self.shape.exterior.coords[:-1]]
        return GroundAsked(**told, corners=Corners(crs="EPSG:32736", rings=[ring]))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lodgements, the senior first; `paid`: whether the senior's fee comes in the end.

    `begins` says after how many seconds each part of the race begins, `callback_after` how long the
    operator's callback takes where the senior's place stands on a fee.
    """

    kind: str
    senior: Ask
    junior: Ask
    paid: bool
    begins: dict[str, float]
    callback_after: float

    @property
    def rivals(self) -> bool:
        """Whether the law lets one of them only have it."""
        rock = [set(one.minerals) - {"sand"} for one in (self.senior, self.junior)]
        shared = self.senior.shape.intersection(self.junior.shape)
        return bool(rock[0]) == bool(rock[1]) and shared.area > 0

    @property
    def asks_holder(self) -> bool:
        """Whether the junior needs the consent, which nobody gives, once the senior is a holder."""
        return not self.rivals and "sand" in self.junior.minerals and self.senior.shape.intersects(
            self.junior.shape
        )

    def outcomes(self) -> set[tuple[bool, bool]]:
        """How senior and junior may end, told by one thread with the whole truth."""
        if self.asks_holder and self.paid:
            return {(True, True), (True, False)}
        return {(self.paid, not (self.rivals and self.paid))}


def pairs(chance: random.Random, number: int) -> list[Pair]:
    """So many pairs, each on a spot of its own."""
    if number > WIDE * HIGH:
        raise ValueError(f"there is free ground for {WIDE * HIGH} pairs")
    spots = chance.sample(range(WIDE * HIGH), number)
    return [_pair(chance, spot) for spot in spots]


def _pair(chance: random.Random, spot: int) -> Pair:
    corner = (WEST + SPOT * (spot % WIDE), SOUTH + SPOT * (spot // WIDE))
    kinds = (_across, _same, _neighbours, _on_cells, _on_and_off_cells, _other_layer)
    make = chance.choices(kinds, (8, 2, 3, 3, 3, 1))[0]
    senior, junior = make(chance, corner)
    slots = dict.fromkeys(TASKS, 0) if chance.random() < 0.4 else {
        task: chance.randrange(8) for task in TASKS
    }
    late = chance.choice(("enter senior", "fate", None))
    if late:
        slots[late] = LATE
    begins = {task: slot * SLOT for task, slot in slots.items()}
    paid, callback_after = chance.random() < 0.75, chance.choice(CALLBACKS)
    return Pair(make.__name__.strip("_"), senior, junior, paid, begins, callback_after)


Corner = tuple[int, int]
Two = tuple[Ask, Ask]


def _across(chance: random.Random, corner: Corner) -> Two:
    """Two quadrilaterals, turned and shifted against each other, that share ground for certain."""
    first = _turned(chance, corner)
    while True:
        east, north = chance.uniform(-220, 220), chance.uniform(-220, 220)
        second = affinity.translate(_turned(chance, corner), east, north)
        if not first.intersection(second).buffer(-DEEP / 2).is_empty:
            return _permit(_rounded(first)), _permit(_rounded(second))


def _same(chance: random.Random, corner: Corner) -> Two:
    shape = _rounded(_turned(chance, corner))
    return _permit(shape), _permit(shape)


def _neighbours(chance: random.Random, corner: Corner) -> Two:
    """They share a border, or a part of it, and no ground."""
    x, y, at = corner[0] + 200, corner[1] + 300, chance.randrange(40, 200)
    up = chance.randrange(-150, 150)
    west, east = box(x, y, x + at, y + 200), box(x + at, y + up, x + at + 180, y + up + 220)
    return (_permit(west), _permit(east)) if chance.random() < 0.5 else (
        _permit(east), _permit(west)
    )


def _on_cells(chance: random.Random, corner: Corner) -> Two:
    """Grid licences, their fee due before the ground is recorded, with one cell in common."""
    column, row = (corner[0] - GRID[0]) // CELL, (corner[1] - GRID[1]) // CELL
    shared = (column + 1, row + 1)
    first, second = (column, row + 1), (column + 1, row + 2)
    return _cells((first, shared)), _cells((shared, second))


def _on_and_off_cells(chance: random.Random, corner: Corner) -> Two:
    """A grid licence against a free polygon, either of them first."""
    column, row = (corner[0] - GRID[0]) // CELL, (corner[1] - GRID[1]) // CELL
    grid = _cells(((column + 1, row + 1),))
    x, y = (at + CELL + chance.randrange(10, 200) for at in corner)
    free = _permit(box(x, y, x + chance.randrange(40, 200), y + 120))
    return (grid, free) if chance.random() < 0.7 else (free, grid)


def _other_layer(chance: random.Random, corner: Corner) -> Two:
    """Sand over gold: the law keeps them apart by consent, not by the map."""
    gold, _ = _same(chance, corner)
    return gold, _permit(gold.shape, ("sand",))


def _turned(chance: random.Random, corner: Corner) -> Polygon:
    wide, high = chance.uniform(60, 260), chance.uniform(60, 260)
    x, y = corner[0] + 450, corner[1] + 450
    plain = box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    return affinity.skew(affinity.rotate(plain, chance.uniform(0, 90)), chance.uniform(0, 15))


def _rounded(shape: Polygon) -> Polygon:
    """On whole millimetres, as it is asked for."""
    return Polygon([(round(x, 3), round(y, 3)) for x, y in shape.exterior.coords])


def _permit(shape: Polygon, minerals: tuple[str, ...] = ("gold",)) -> Ask:
    return Ask(PERMIT, minerals, shape)


def _cells(chosen: tuple[tuple[int, int], ...]) -> Ask:
    corners = [(GRID[0] + column * CELL, GRID[1] + row * CELL) for column, row in chosen]
    squares = [box(x, y, x + CELL, y + CELL) for x, y in corners]
    whole = squares[0]
    for square in squares[1:]:
        whole = whole.union(square)
    return Ask(LICENCE, ("gold",), whole, chosen)
