"""Limits: how much ground, in how many pieces, a licence type may ask for."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from kernel.law.ground import AreaMethod, TypeGround
from kernel.problems import Problem
from services.cadastre.domain.area import Area
from services.cadastre.domain.grid import Cell, clusters


class AreaBeyondLimits(Problem):
    """More or less ground than the law allows for this licence type."""

    title = "The law does not allow an area of this size for this licence type"


class TooManyParts(Problem):
    title = "The law does not allow an area in so many parts for this licence type"


class DeclaredAreaMissing(Problem):
    title = "This licence type counts the hectares that you declare"


def legal_hectares(ground: TypeGround, by_method: Mapping[AreaMethod, Decimal]) -> Decimal:
    """The figure that fees and limits use. Raises DeclaredAreaMissing."""
    method = ground.area_method or AreaMethod.PLANAR
    found = by_method.get(method)
    if found is None:
        raise DeclaredAreaMissing("Declare the hectares you ask for", method=method.value)
    return found


def check_size(ground: TypeGround, hectares: Decimal, units: int | None) -> None:
    """Raises AreaBeyondLimits citing the article."""
    least = Decimal(ground.min_hectares) if ground.min_hectares else None
    most = Decimal(ground.max_hectares) if ground.max_hectares else None
    if (least is not None and hectares < least) or (most is not None and hectares > most):
        raise AreaBeyondLimits(
            f"{hectares} ha are asked for; allowed are {_span(least, most)} ha ({ground.article})",
            hectares=str(hectares),
            min_hectares=ground.min_hectares,
            max_hectares=ground.max_hectares,
            article=ground.article,
        )
    if units is None:
        return
    if units < (ground.min_units or 1) or (ground.max_units and units > ground.max_units):
        raise AreaBeyondLimits(
            f"{units} units are asked for; allowed are "
            f"{_span(ground.min_units, ground.max_units)} ({ground.article})",
            units=units,
            min_units=ground.min_units,
            max_units=ground.max_units,
            article=ground.article,
        )


def check_parts(ground: TypeGround, area: Area, cells: Sequence[Cell] | None) -> None:
    """Raises TooManyParts; cells count as one piece by the grid's own rule of neighbourhood."""
    if cells is not None and ground.grid is not None:
        parts = clusters(cells, ground.grid.contiguity)
    else:
        parts = len(area.parts)
    if parts > ground.max_parts:
        raise TooManyParts(
            f"The area has {parts} separate parts; allowed are {ground.max_parts} "
            f"({ground.article})",
            parts=parts,
            max_parts=ground.max_parts,
            article=ground.article,
        )


def _span(least: object, most: object) -> str:
    if least is None:
        return f"at most {most}"
    return f"at least {least}" if most is None else f"{least} to {most}"
