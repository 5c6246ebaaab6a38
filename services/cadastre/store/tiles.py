"""Tiles drawn by the database (Mapbox Vector Tile 2.1), and what tells one state from the next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from contracts.cadastre.language import MapLayer
from services.cadastre.domain.law import Opened
from services.cadastre.domain.tiles import CELLS, MARGIN, STEPS, Tile
from services.cadastre.store import shown

_WORLD: Final = "40075016.6855784"  # metres of Web Mercator to a side
_Z, _X, _Y = (f"cast(:{name} as integer)" for name in "zxy")
_BOX = f"st_tileenvelope({_Z}, {_X}, {_Y})"
_NEAR = f"web && st_tileenvelope({_Z}, {_X}, {_Y}, margin => {MARGIN / STEPS})"


@dataclass(frozen=True, slots=True)
class State:
    """One state of a layer: the register's version, and when something in it last began or ended
    by itself, if ever. Two equal states show the same."""

    version: int
    turned: datetime | None


def _areas(rows: str, alias: str, told: Mapping[str, str]) -> TextClause:
    """Each area with its shape; one too small to be seen is drawn as a square of two steps."""
    columns = ", ".join(f"{spelled} as {name}" for name, spelled in told.items())
    return text(
        f"with box as materialized (select {_BOX} as tile, {_WORLD} / {STEPS} / (1 << {_Z})"
        f" as step), near as materialized (select {columns}, {alias}.web{rows}"
        f" and {alias}.{_NEAR}), drawn as (select {', '.join(told)},"
        f" coalesce(st_asmvtgeom(web, tile, {STEPS}, {MARGIN}),"
        f" st_asmvtgeom(st_expand(st_pointonsurface(web), step), tile, {STEPS}, {MARGIN}))"
        " as shape from near, box order by id)"
        f" select st_asmvt(drawn, cast(:layer as text), {STEPS}, 'shape') from drawn"
        " where shape is not null"
    )


def _cells(rows: str, alias: str) -> TextClause:
    """How many areas to a square, and their hectares together.

    An area counts once, where its middle lies. Squares are numbered over the whole world, so that
    a middle on the border of two tiles is in one of them alone.
    """
    side, half = f"({_WORLD} / {CELLS} / (1 << {_Z}))", f"({_WORLD} / 2)"
    return text(
        f"with near as materialized (select st_centroid({alias}.web) as middle,"
        f" {alias}.hectares{rows} and {alias}.{_NEAR}),"
        f" placed as (select cast(floor((st_x(middle) + {half}) / {side}) as bigint) as east,"
        f" cast(floor(({half} - st_y(middle)) / {side}) as bigint) as south, hectares from near),"
        " cells as (select east, south, count(*) as count, cast(sum(hectares) as text) as hectares"
        f" from placed where east / {CELLS} = {_X} and south / {CELLS} = {_Y}"
        " group by east, south),"
        f" drawn as (select count, hectares, st_asmvtgeom(st_makeenvelope(east * {side} - {half},"
        f" {half} - (south + 1) * {side}, (east + 1) * {side} - {half}, {half} - south * {side},"
        f" 3857), {_BOX}, {STEPS}, 0) as shape from cells order by south, east)"
        f" select st_asmvt(drawn, cast(:layer as text), {STEPS}, 'shape') from drawn"
    )


_IN_FORCE = shown.LICENCES + shown.IN_FORCE
_DRAWN: Final = {
    MapLayer.LICENCES: _areas(_IN_FORCE, "v", {
        "id": "a.licence_code",
        "licence_type": "a.licence_type",
        "minerals": "array_to_string(a.minerals, ',')",
        "hectares": "cast(v.hectares as text)",
        "inherited": "a.inherited",
    }),
    MapLayer.APPLICATIONS: _areas(shown.APPLICATIONS, "t", {
        "id": "t.filing_seq",
        "licence_type": "case when law.wholly then t.licence_type end",
        "minerals": "case when law.wholly then array_to_string(t.minerals, ',') end",
        "hectares": "cast(t.hectares as text)",
    }),
    MapLayer.ZONES: _areas(shown.ZONES, "z", {"id": "z.id", "kind": "z.kind", "name": "z.name"}),
}
_COUNTED: Final = {
    MapLayer.LICENCES: _cells(_IN_FORCE, "v"),
    MapLayer.APPLICATIONS: _cells(shown.APPLICATIONS, "t"),
}
_TURNED: Final = {
    MapLayer.LICENCES: "greatest("
    "(select max(lower(valid)) from licence_area_version"
    " where upper_inf(recorded) and lower(valid) <= :at),"
    " (select max(upper(valid)) from licence_area_version"
    " where upper_inf(recorded) and upper(valid) <= :at))",
    MapLayer.APPLICATIONS: "cast(null as timestamptz)",
    MapLayer.ZONES: "greatest("
    "(select max(since) from zone where status = 'approved' and since <= :at),"
    " (select max(until) from zone where status = 'approved' and until <= :at))",
}
_STATE: Final = {
    layer: text(f"select version, {turned} from register_version")
    for layer, turned in _TURNED.items()
}


def state(session: Session, layer: MapLayer, at: datetime) -> State:
    """What a layer shows at an instant, by name: no geometry is read for it."""
    asked = {} if layer is MapLayer.APPLICATIONS else {"at": at}
    return State(*session.execute(_STATE[layer], asked).one())


def draw(
    session: Session, layer: MapLayer, tile: Tile, at: datetime, opened: Iterable[Opened]
) -> bytes:
    """The tile; empty where it shows nothing. Zones have no hectares and are drawn at any zoom."""
    counted = _COUNTED.get(layer) if tile.counts else None
    asked: dict[str, object] = {"z": tile.z, "x": tile.x, "y": tile.y, "layer": layer.value}
    if layer is MapLayer.APPLICATIONS:
        asked |= shown.opened_words(opened)
    else:
        asked["at"] = at
    statement = _DRAWN[layer] if counted is None else counted
    return bytes(session.execute(statement, asked).scalar_one())
