"""What a tile is called, sent as, refused as: its name changes with what it shows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cadastre_door import slug_of
from cadastre_ground import Register, asked, plot
from cadastre_map import (
    LISTS,
    address,
    approve,
    decode,
    ids,
    licence,
    listed,
    propose,
    tile_of,
)
from sqlalchemy import event
from starlette.testclient import TestClient

from chassis.database import Database
from contracts.cadastre.client import Cadastre
from contracts.cadastre.language import MapLayer
from contracts.calling import Calling
from services.cadastre.domain.tiles import Tile
from services.cadastre.routes.tiles import etag
from services.cadastre.store import tiles

LAYERS = ("licences", "applications", "zones")
SOMEWHERE = (12, 2417, 2089)


def version(client: TestClient, layer: str) -> str:
    return client.get(address(layer, *SOMEWHERE)).headers["etag"]


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(_: object, __: object, statement: str, *___: object) -> None:
        heard.append(statement)

    event.listen(database.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(database.engine, "before_cursor_execute", hear)


def test_what_was_seen_is_not_drawn_again(map_client: TestClient, statements: list[str]) -> None:
    for layer in LAYERS:
        name = version(map_client, layer)
        assert any("st_asmvt" in one for one in statements)
        statements.clear()
        for seen in (name, name.removeprefix("W/"), f'"other", {name}', "*"):
            again = map_client.get(
                address(layer, *SOMEWHERE), headers={"If-None-Match": seen}
            )
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == name
            assert again.headers["cache-control"] == "public, max-age=60"
        assert [one for one in statements if "web" in one or "geom" in one] == []
        other = map_client.get(
            address(layer, *SOMEWHERE), headers={"If-None-Match": 'W/"1-0-0", "x"'}
        )
        assert other.status_code == 200


def test_the_name_of_a_tile_changes_with_what_it_shows_and_only_then(
    map_client: TestClient, register: Register, shown: Register
) -> None:
    def names() -> list[str]:
        return [version(map_client, layer) for layer in LAYERS]

    def moved(act: Any) -> bool:
        before = names()
        acted.append(act())
        return all(a != b for a, b in zip(before, names(), strict=True))

    acted: list[Any] = []
    what, open_ground = asked(plot(70_000)), asked(plot(71_000))
    assert names() == names()
    assert not moved(lambda: register.check(what))
    assert not moved(lambda: register.enter(what))
    assert not moved(lambda: register.release(acted[-1]))
    assert not moved(lambda: propose(map_client, "a-town", 0.02))
    assert moved(lambda: approve(map_client, "a-town"))
    assert moved(lambda: shown.enter(open_ground))
    application: UUID = acted[-1]
    later = shown.entry(open_ground, seq=9_000)
    assert moved(lambda: shown.enter(later, application))
    assert not moved(lambda: shown.enter(later, application))
    assert moved(lambda: shown.release(application))
    assert not moved(lambda: shown.release(application))
    granted = register.enter(what)
    assert moved(lambda: register.grant(granted, what))
    assert moved(lambda: register.confirm(acted[-1]))


def test_a_licence_comes_and_goes_by_itself_and_the_tiles_name_with_it(
    database: Database, register: Register, tmp_path: Path
) -> None:
    begins = datetime.now(UTC) + timedelta(days=100)
    ends = begins + timedelta(days=10)
    code = licence(
        register, asked(plot(90_000)), code="SHORT", valid_from=begins, valid_to=ends
    )
    x, y = tile_of(90_100, 100, 12)
    seen = []
    for at in (begins - timedelta(days=1), begins, ends - timedelta(days=1), ends):
        with database.sessions() as session:
            drawn = tiles.draw(session, MapLayer.LICENCES, Tile(12, x, y), at, ())
            there = code in ids(decode(drawn, 12, x, y, tmp_path))
            seen.append((there, tiles.state(session, MapLayer.LICENCES, at).turned))
    assert [there for there, _ in seen] == [False, True, True, False]
    first, second, third, last = (turned for _, turned in seen)
    assert first != second == third != last
    assert (second, last) == (begins, ends)


def test_version_and_turn_both_name_a_tile() -> None:
    then = datetime(2026, 6, 1, tzinfo=UTC)
    states = [(7, None), (8, None), (7, then), (7, then + timedelta(microseconds=1))]
    names = [etag(tiles.State(version, turned)) for version, turned in states]
    assert names[0] == 'W/"1-7-0"'
    assert len(set(names)) == 4


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("licences/19/0/0", "no-such-tile"),
        ("licences/-1/0/0", "no-such-tile"),
        ("licences/3/8/0", "no-such-tile"),
        ("licences/3/0/8", "no-such-tile"),
        ("zones/3/-1/0", "no-such-tile"),
        (f"zones/3/{2**70}/0", "no-such-tile"),
        ("licences/a/0/0", "malformed"),
        ("licences/3/0/1.5", "malformed"),
        ("known-workings/3/0/0", "malformed"),
        ("jurisdictions/3/0/0", "malformed"),
    ],
)
def test_tiles_that_do_not_exist_are_refused(map_client: TestClient, where: str, kind: str) -> None:
    answer = map_client.get(f"/tiles/{where}.mvt")
    assert (answer.status_code, slug_of(answer)) == (422, kind)
    assert answer.headers["cache-control"] == "no-store"
    if kind == "no-such-tile":
        assert {"deepest", "last"} & set(answer.json())


@pytest.mark.parametrize(
    ("takes", "packed"),
    [
        ("gzip", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("*", True),
        ("identity", False),
        ("gzip;q=0, *", False),
        ("", False),
    ],
)
def test_a_tile_is_packed_for_those_who_take_it_so(
    map_client: TestClient, takes: str, packed: bool
) -> None:
    answer = map_client.get(address("zones", 0, 0, 0), headers={"Accept-Encoding": takes})
    assert answer.status_code == 200
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert answer.headers["vary"] == "Accept-Encoding"
    plain = map_client.get(address("zones", 0, 0, 0), headers={"Accept-Encoding": "identity"})
    assert answer.content == plain.content  # the client has unpacked it
    assert answer.headers["etag"] == plain.headers["etag"]


def test_the_client_fetches_tiles_and_what_they_were_drawn_from(
    map_client: TestClient, shown: Register
) -> None:
    cadastre = Cadastre(Calling(map_client))  # type: ignore[arg-type]
    seq = 9_000_000 + uuid4().int % 1000
    shown.enter(asked(plot(95_000)), seq=seq)
    x, y = tile_of(95_100, 100, 12)
    first = cadastre.tile(MapLayer.APPLICATIONS, 12, x, y)
    assert first.content
    again = cadastre.tile(MapLayer.APPLICATIONS, 12, x, y, seen=first.etag)
    assert (again.content, again.etag) == (None, first.etag)
    last = cadastre.disclosed_areas(after=None)
    assert last.register_version == cadastre.zones().register_version
    assert str(seq) in {one["id"] for one in listed(map_client, "applications")}


def test_every_layer_has_its_list() -> None:
    assert set(LISTS) == {layer.value for layer in MapLayer} == set(LAYERS)
