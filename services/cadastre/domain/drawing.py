"""Drawing: turns what an applicant hands in into measured ground within the limits of the law."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from contracts.cadastre.wire import GroundAsked
from kernel.law.ground import AreaMethod, TypeGround
from kernel.law.plan import GroundRule
from kernel.problems import Malformed, Problem
from services.cadastre.domain import grid as cells_
from services.cadastre.domain import hectares, limits
from services.cadastre.domain.area import Area
from services.cadastre.domain.corners import read_corners
from services.cadastre.domain.geojson import read_geojson
from services.cadastre.domain.gpx import Walk, read_gpx
from services.cadastre.domain.grid import Cell
from services.cadastre.domain.law import GroundLaw
from services.cadastre.domain.planes import Conversion

DRAWN_AS = ("corners", "geojson", "gpx", "cells", "zone")


class AskInOneWay(Malformed):
    """Ground is asked for by corners, GeoJSON, a walk, cells or a zone: by one of them."""

    title = "Say in one way which ground you ask for"


class NoGroundOfItsOwn(Problem):
    """This licence type takes no area, so there is none to check."""

    title = "This licence type has no ground of its own"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Asked ground; `cells` where the licence type is held on a grid."""

    area: Area
    cells: tuple[Cell, ...] | None = None
    conversion: Conversion | None = None
    walks: tuple[Walk, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """What the law counts, beside every other measure of the same ground."""

    by_method: Mapping[AreaMethod, Decimal]
    method: AreaMethod
    legal: Decimal
    units: int | None

    def told(self) -> dict[str, str]:
        spelled = {method.value: str(value) for method, value in self.by_method.items()}
        return spelled | {"legal": str(self.legal)}


def way_of(asked: GroundAsked) -> str:
    """Which of the five ways was used. Raises AskInOneWay."""
    used = [name for name in DRAWN_AS if getattr(asked, name) is not None]
    if len(used) != 1:
        raise AskInOneWay("Give one of corners, geojson, gpx, cells and zone", given=used)
    return used[0]


def draw(law: GroundLaw, asked: GroundAsked) -> Drawing:
    """The ground asked for. Raises the refusal of whichever reader stops, with the corner named."""
    ground = law.ground(asked.licence_type)
    way = way_of(asked)
    if ground.rule is not GroundRule.EXCLUSIVE_AREA or way == "zone":
        raise NoGroundOfItsOwn(
            "This licence type is tied to a zone or to no ground at all",
            rule=ground.rule.value,
            zone_kinds=list(ground.zone_kinds),
        )
    if asked.cells is not None:
        return _of_cells(law, asked)
    drawing = _of_corners(law, asked)
    grid = law.grid(asked.licence_type)
    if grid is None:
        return drawing
    found = cells_.cells_of(drawing.area, grid, max(ground.sliver_mm, cells_.LEAST_TOLERANCE_MM))
    return Drawing(grid.area(found), found, drawing.conversion, drawing.walks)


def _of_cells(law: GroundLaw, asked: GroundAsked) -> Drawing:
    grid = law.grid(asked.licence_type)
    if grid is None or asked.cells is None:
        raise AskInOneWay("This licence type is not held in cells; draw its corners")
    cells = cells_.read_cells(asked.cells)
    return Drawing(grid.area(cells), cells)


def _of_corners(law: GroundLaw, asked: GroundAsked) -> Drawing:
    plane = law.plane
    if asked.corners is not None:
        rings = [[(_spelled(x), _spelled(y)) for x, y in ring] for ring in asked.corners.rings]
        area, named = read_corners(rings, asked.corners.crs.upper(), plane)
        return Drawing(area, conversion=named)
    if asked.gpx is not None:
        area, named, walks = read_gpx(asked.gpx, plane)
        return Drawing(area, conversion=named, walks=tuple(walks))
    area, named = read_geojson(asked.geojson, plane)
    return Drawing(area, conversion=named)


def _spelled(number: str | int | float) -> str:
    """Numbers of JSON as they would be typed: no exponent."""
    return number if isinstance(number, str) else format(Decimal(repr(number)), "f")


def measure(law: GroundLaw, licence_type: str, drawn: Drawing, declared: str | None) -> Measured:
    """Hectares by every method, proven to be within the law's limits. Raises what exceeds them."""
    ground: TypeGround = law.ground(licence_type)
    units = None if drawn.cells is None else len(drawn.cells)
    grid = law.grid(licence_type)
    constant = grid.hectares_each if grid is not None else None
    by_method = hectares.by_method(
        drawn.area,
        law.plane,
        None if declared is None else Decimal(declared),
        None if units is None or constant is None else constant * units,
    )
    legal = limits.legal_hectares(ground, by_method)
    limits.check_size(ground, legal, units)
    limits.check_parts(ground, drawn.area, drawn.cells)
    return Measured(by_method, ground.area_method or AreaMethod.PLANAR, legal, units)


