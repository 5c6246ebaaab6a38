"""Reads a signed ground statement back into ground, by the edition it was made under."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from contracts.cadastre.statement import Geometry, GroundStatement
from kernel.problems import Malformed, Problem
from services.cadastre.domain.area import Area, hash_of
from services.cadastre.domain.grid import Cell, packed
from services.cadastre.domain.law import GroundLaw


class StatementNotReadable(Malformed):
    title = "The ground statement cannot be read"


class StatementWithoutGround(Problem):
    """The statement speaks of a right that takes no ground of its own."""

    title = "This ground statement holds no area"


class StatementDiffers(Problem):
    """The statement was made for another right, plane or stack than the application."""

    title = "The ground statement was made for something else"


@dataclass(frozen=True, slots=True)
class StatedGround:
    """The ground of a statement; `grid` names the grid its cells belong to."""

    statement: GroundStatement
    area: Area
    cells: tuple[Cell, ...] | None
    grid: str | None
    geometry_hash: str

    def packed_cells(self) -> list[int] | None:
        return None if self.cells is None else [packed(cell) for cell in self.cells]


def read_statement(
    body: Mapping[str, Any], law: GroundLaw, licence_type: str, training: bool
) -> StatedGround:
    """`body` was verified before. Raises StatementNotReadable, -WithoutGround and -Differs."""
    try:
        told = GroundStatement.model_validate(body)
    except ValidationError as wrong:
        raise StatementNotReadable("Members are missing or strange") from wrong
    if told.geometry is None:
        raise StatementWithoutGround("Nothing can be entered for it")
    same = (law.edition.ref.country, licence_type, law.plane.crs, training)
    if same != (told.country, told.licence_type, told.geometry.crs, told.training):
        raise StatementDiffers("It differs in country, licence type, plane or stack")
    area, cells, grid = _ground(told.geometry, law, licence_type)
    return StatedGround(told, area, cells, grid, hash_of(body["geometry"]))


def _ground(
    geometry: Geometry, law: GroundLaw, licence_type: str
) -> tuple[Area, tuple[Cell, ...] | None, str | None]:
    if geometry.cells is None:
        parts = [
            [[(x, y) for x, y in ring] for ring in part] for part in geometry.mm or []
        ]
        return Area.of(geometry.crs, parts), None, None
    grid = law.grid(licence_type)
    if grid is None:
        raise StatementDiffers("It speaks in cells, and this licence type is not held in cells")
    cells = tuple(sorted((column, row) for column, row in geometry.cells))
    return grid.area(cells), cells, grid.name
