"""The public's map: tiles equal the lists, and show nothing that is not public."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from cadastre_door import signed_in
from cadastre_ground import Register, asked, cells, plot
from cadastre_map import (
    SIDE,
    See,
    address,
    approve,
    ids,
    in_web,
    licence,
    listed,
    over,
    place,
    propose,
    tile_of,
)
from fastapi import FastAPI
from shapely import hausdorff_distance
from shapely.geometry.base import BaseGeometry
from starlette.testclient import TestClient

from services.cadastre.desk import Desk

CELL = (560, 800)  # on free ground


def test_a_tile_draws_the_licences_of_the_list_where_they_lie(
    map_client: TestClient, register: Register, see: See
) -> None:
    codes = {
        licence(register, asked(plot(400 * n, width=200 + 30 * n)), code=f"TILE-{n}")
        for n in range(3)
    }
    hidden = asked(plot(2_000))
    register.grant(register.enter(hidden), hidden, code="PENDING")
    later = datetime.now(UTC) + timedelta(days=30)
    licence(register, asked(plot(2_500)), code="LATER", valid_from=later)
    x, y = tile_of(300, 150, 13)
    rows = {one["id"]: one for one in listed(map_client, "licences")}
    drawn = {one.told["id"]: one for one in see("licences", 13, x, y)}
    assert set(drawn) == set(rows) == codes
    step = SIDE / 2**13 / 4096
    for code, one in drawn.items():
        told = rows[code]["properties"]
        assert one.told == {
            "id": code,
            "licence_type": told["licence_type"],
            "minerals": ",".join(told["minerals"]),
            "hectares": told["hectares"],
            "inherited": told["inherited"],
        }
        assert hausdorff_distance(one.shape, in_web(rows[code])) < 2 * step


def square_of(shape: BaseGeometry, zoom: int) -> tuple[int, int]:
    """The square, of 32 to a tile's side, in which the middle of a shape lies."""
    middle, side = shape.centroid, SIDE / 2**zoom / 32
    return int((middle.x + SIDE / 2) // side), int((SIDE / 2 - middle.y) // side)


def in_squares(rows: list[dict[str, Any]], zoom: int) -> dict[tuple[int, int], Any]:
    """How many of a list lie in each square, and their hectares."""
    found: dict[tuple[int, int], Any] = {}
    for one in rows:
        square = square_of(in_web(one), zoom)
        count, hectares = found.get(square, (0, Decimal(0)))
        found[square] = (count + 1, hectares + Decimal(one["properties"]["hectares"]))
    return found


def test_counted_areas_are_those_of_the_list_at_every_zoom(
    map_client: TestClient, register: Register, shown: Register, see: See
) -> None:
    _, top = place(20_000, 0, 9)
    (_, here), (_, there) = place(20_000, 10_000, 9), place(20_000, 14_000, 9)
    border = 10_000 + 4_000 * (here - int(top)) / (here - there)
    astride = licence(register, asked(plot(20_000, round(border) - 100)), code="ASTRIDE")
    for side in (-80, 80):
        assert astride in ids(see("licences", 10, *tile_of(20_100, border + side, 10)))
    for n in range(3):
        shown.enter(asked(plot(30_000 + 700 * n)))
    for layer in ("licences", "applications"):
        rows = listed(map_client, layer)
        for zoom in range(10):
            drawn = [one for x, y in over(rows, zoom) for one in see(layer, zoom, x, y)]
            assert {tuple(sorted(one.told)) for one in drawn} == {("count", "hectares")}
            counted = {
                square_of(one.shape, zoom): (one.told["count"], Decimal(one.told["hectares"]))
                for one in drawn
            }
            assert len(drawn) == len(counted)
            assert counted == in_squares(rows, zoom)
    (square,) = (one.shape for one in see("licences", 0, 0, 0))
    assert square.area == pytest.approx((SIDE / 32) ** 2, rel=1e-3)


@dataclass(frozen=True)
class Pending:
    """Applications of each kind, and what anybody is answered about each."""

    secret: UUID
    shape: UUID
    whole: UUID
    over: UUID
    public: dict[UUID, dict[str, Any]]

    def seq(self, one: UUID) -> str:
        return str(self.public[one]["filing_seq"])


@pytest.fixture(scope="module")
def pending(map_client: TestClient, register: Register, shown: Register) -> Pending:
    secret = register.enter(asked(plot(50_000), minerals=["sapphire"]))
    shape = shown.enter(asked(plot(50_400), minerals=["sapphire"]))
    whole = shown.enter(cells(CELL, minerals=["gold", "silver"]))
    over_now = shown.enter(asked(plot(50_800)))
    shown.release(over_now)
    all_of_them = (secret, shape, whole, over_now)
    public = {one: map_client.get(f"/v1/application-areas/{one}").json() for one in all_of_them}
    return Pending(*all_of_them, public)


def test_an_application_is_drawn_as_far_as_its_edition_shows_it(
    map_client: TestClient, pending: Pending, see: See
) -> None:
    rows = {one["id"]: one for one in listed(map_client, "applications")}
    drawn = {
        str(one.told["id"]): one.told
        for x, y in over(list(rows.values()), 12)
        for one in see("applications", 12, x, y)
    }
    shape, whole = pending.seq(pending.shape), pending.seq(pending.whole)
    assert set(drawn) == set(rows) >= {shape, whole}
    assert not {pending.seq(pending.secret), pending.seq(pending.over)} & set(rows)
    assert drawn[shape] == {"id": int(shape), "hectares": "6.0000"}
    assert drawn[whole] == {
        "id": int(whole),
        "hectares": "6.2500",
        "licence_type": "small-scale-licence",
        "minerals": "gold,silver",
    }


def test_the_list_of_applications_says_nothing_that_its_edition_keeps(
    map_client: TestClient, pending: Pending
) -> None:
    rows = {one["id"]: one["properties"] for one in listed(map_client, "applications")}
    names = {"filing_seq", "lodged_at", "office", "hectares", "licence_type", "minerals"}
    for one in (pending.shape, pending.whole):
        told, public = rows[pending.seq(one)], pending.public[one]
        assert set(told) == names
        assert public["geometry"]
        assert all(told[name] in (None, public[name]) for name in names)
    kept = {name for name in names if rows[pending.seq(pending.shape)][name] is None}
    assert kept == {"licence_type", "minerals"}


def test_no_tile_of_any_zoom_holds_a_word_that_is_kept(
    map_client: TestClient, pending: Pending
) -> None:
    everything = b"".join(
        map_client.get(address("applications", z, *tile_of(50_100, 100, z))).content
        for z in range(19)
    )
    assert b"hectares" in everything
    for word in (str(pending.secret), str(pending.shape), "sapphire", "mines-north"):
        assert word.encode() not in everything


def test_nobody_is_shown_applications_where_the_law_shows_none(
    map_client: TestClient, register: Register, app: FastAPI, open_desk: Desk, desk: Desk, see: See
) -> None:
    register.enter(asked(plot(55_000)))
    x, y = tile_of(55_100, 100, 14)
    assert see("applications", 14, x, y, headers=signed_in("proposer")) == []
    app.state.desk = desk
    try:
        assert listed(map_client, "applications") == []
        assert see("applications", 0, 0, 0) == []
    finally:
        app.state.desk = open_desk


def test_zones_are_drawn_at_every_zoom_once_they_have_effect(
    map_client: TestClient, see: See
) -> None:
    propose(map_client, "tiny-spring", 0.00005)
    propose(map_client, "only-proposed", 0.01)
    approve(map_client, "tiny-spring")
    rows = {one["id"]: one for one in listed(map_client, "zones")}
    assert "tiny-spring" in rows
    assert "only-proposed" not in rows
    for who in ({}, signed_in("proposer")):
        for zoom in (0, 6, 10, 12):
            drawn = {
                one.told["id"]: one
                for x, y in over(list(rows.values()), zoom)
                for one in see("zones", zoom, x, y, headers=who)
            }
            assert set(drawn) == set(rows), zoom
            for name, one in drawn.items():
                told = rows[name]["properties"]
                assert one.told == {"id": name, "kind": told["kind"], "name": told["name"]}
                assert one.shape.area > 0
