import json
from typing import Any

import pytest
from cadastre_door import PLANE, body_of, slug_of
from cadastre_ground import asked, cells, plot
from fastapi import FastAPI
from starlette.testclient import TestClient

from chassis.database import Database
from chassis.powers import powers_of
from services.cadastre.app import create_app
from services.cadastre.settings import Settings

GOOD = {"licence_type": "artisanal-permit", "minerals": ["gold"]}


def test_a_check_answers_a_signed_statement_and_a_readable_report(client: TestClient) -> None:
    answer = client.post("/v1/ground/checks", json=body_of(asked(plot())))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["report"]["hectares"]["planar"] == "6.0000"
    assert told["report"]["conversion"]["operation"]
    assert told["report"]["display"]["type"] == "MultiPolygon"
    kept = client.get(f"/v1/ground/checks/{told['statement']['body']['id']}")
    assert kept.json() == told["statement"]


def test_every_way_of_drawing_the_same_ground_gives_the_same_hash(client: TestClient) -> None:
    ring = plot(east=5000)
    degrees = PLANE.to_lonlat([(round(x * 1000), round(y * 1000)) for x, y in ring])
    bodies = [
        body_of(asked(ring)),
        body_of(asked(ring[::-1])),
        geojson(*([*point, 12.5] for point in [*degrees, degrees[0]])),
        {
            "licence_type": "artisanal-permit",
            "minerals": ["gold"],
            "corners": {"rings": [[[f"{lon:.9f}", f"{lat:.9f}"] for lon, lat in degrees]]},
        },
    ]
    hashes = set()
    for body in bodies:
        answer = client.post("/v1/ground/checks", json=body)
        assert answer.status_code == 200, answer.text
        hashes.add(answer.json()["statement"]["body"]["geometry_hash"])
    assert len(hashes) == 1


def test_cells_of_the_grid_are_counted_and_measured(client: TestClient) -> None:
    what = cells((560, 800), (561, 800), (561, 801))
    body = client.post("/v1/ground/checks", json=body_of(what)).json()["statement"]["body"]
    assert (body["units"], body["hectares"]["legal"]) == (3, "18.7500")
    assert body["geometry"]["cells"] == [[560, 800], [561, 800], [561, 801]]
    assert body["geometry"]["mm"] is None


def test_a_card_tied_to_a_zone_takes_the_zones_office(client: TestClient) -> None:
    what = {"licence_type": "miners-card", "minerals": ["gold"], "zone": "kisanga-asm"}
    body = client.post("/v1/ground/checks", json=what).json()["statement"]["body"]
    assert (body["geometry"], body["zone"], body["office"]) == (None, "kisanga-asm", "mines-north")
    wrong = client.post("/v1/ground/checks", json=what | {"zone": "mkuyu-forest"})
    assert (wrong.status_code, slug_of(wrong)) == (409, "zone-not-open")
    assert client.post("/v1/ground/checks", json=what | {"zone": "nowhere"}).status_code == 404


GRID = GOOD | {"licence_type": "small-scale-licence"}


def drawn(*corners: object) -> dict[str, Any]:
    return GOOD | {"corners": {"rings": [list(corners)]}}


def geojson(*corners: object) -> dict[str, Any]:
    return GOOD | {"geojson": {"type": "Polygon", "coordinates": [list(corners)]}}


HOSTILE: list[tuple[dict[str, Any], int, str]] = [
    (GOOD, 422, "ask-in-one-way"),
    (GOOD | {"zone": "a", "cells": [[1, 1]]}, 422, "ask-in-one-way"),
    (GOOD | {"cells": [[1, 1]]}, 422, "ask-in-one-way"),
    (GOOD | {"zone": "kisanga-asm"}, 409, "no-ground-of-its-own"),
    (GOOD | {"geojson": {}}, 422, "not-an-area"),
    (geojson([1e308, 1e308]), 422, "corner-not-readable"),
    (geojson([33, -3], [33.001, -3], [33.001, "x"]), 422, "corner-not-readable"),
    (GOOD | {"gpx": "<gpx/>"}, 422, "not-a-walk"),
    (GOOD | {"gpx": "<!DOCTYPE a><gpx/>"}, 422, "not-a-walk"),
    (drawn(["34", "-4"], ["NaN", "-4"], ["34", "-5"]), 422, "corner-not-readable"),
    (drawn([34, -4], [1e308, -4], [34, -5]), 422, "corner-not-readable"),
    (drawn([34, -4], [True, -4], [34, -5]), 422, "malformed"),
    (drawn([34, -4], [2**62, -4], [34, -5]), 422, "corner-not-readable"),
    (drawn([34, -4], [5e-324, -4], [34, -5]), 422, "corner-not-readable"),
    (drawn([33, -3], [33.001, -3.001], [33.001, -3], [33, -3.001]), 422, "area-not-valid"),
    (drawn([179.9, -3], [-179.9, -3], [180, -4]), 422, "corner-outside"),
    (drawn(), 422, "area-not-valid"),
    (drawn([33, -3], [33.1, -3], [33.1, -3.1]), 409, "area-beyond-limits"),
    (drawn([31, -3], [31.001, -3], [31.001, -3.001]), 409, "outside-country"),
    (
        GOOD | {"corners": {"crs": "EPSG:999999", "rings": [[[1, 1], [2, 2], [1, 2]]]}},
        422,
        "system-unknown",
    ),
    (GOOD | {"minerals": [], "cells": [[1, 1]]}, 422, "mineral-not-allowed"),
    (GOOD | {"minerals": ["unobtainium"], "cells": [[1, 1]]}, 422, "mineral-not-allowed"),
    ({"licence_type": "nothing", "minerals": []}, 422, "unknown-licence-type"),
    (GOOD | {"licence_type": "buyers-licence"}, 409, "no-ground-of-its-own"),
    (GRID | {"cells": [[1, 1], [1, 1]]}, 422, "cells-not-valid"),
    (GRID | {"cells": [[2**40, 1]]}, 422, "cells-not-valid"),
    (GRID | {"cells": [[560, 800], [562, 800]]}, 409, "too-many-parts"),
    (GOOD | {"surprise": 1}, 422, "malformed"),
]


@pytest.mark.parametrize(("body", "status", "slug"), HOSTILE)
def test_what_cannot_be_asked_is_refused_with_its_reason(
    client: TestClient, body: dict[str, Any], status: int, slug: str
) -> None:
    answer = client.post(
        "/v1/ground/checks",
        content=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status_code, slug_of(answer)) == (status, slug)
    if slug in ("corner-not-readable", "area-not-valid", "corner-outside"):
        assert answer.json()["corner"] >= 1


def test_an_area_in_a_protected_zone_and_over_a_working_is_told_so(client: TestClient) -> None:
    lon, lat = 33.2169, -3.2925
    box = [[lon, lat], [lon + 0.002, lat], [lon + 0.002, lat + 0.002], [lon, lat + 0.002]]
    told = client.post("/v1/ground/checks", json=GOOD | {"corners": {"rings": [box]}}).json()
    body = told["statement"]["body"]
    assert body["known_workings"] == 1
    kinds = {hit["kind"]: hit for hit in body["hits"]}
    working = kinds["known-working"]
    assert (working["consequence"], working["hectares"]) == ("visit-and-notice", "0")
    assert working["per_cent"] == "0"
    assert (kinds["zone"]["ref"], kinds["zone"]["consequence"]) == ("kisanga-asm", "none")
    lon, lat = 33.6, -3.2
    box = [[lon, lat], [lon + 0.002, lat], [lon + 0.002, lat + 0.002], [lon, lat + 0.002]]
    told = client.post("/v1/ground/checks", json=GOOD | {"corners": {"rings": [box]}}).json()
    (hit,) = told["statement"]["body"]["hits"]
    assert (hit["ref"], hit["consequence"]) == ("mkuyu-forest", "forbidden")
    assert hit["per_cent"] == "100.00"
    assert told["statement"]["body"]["net_hectares"] == "0.0000"


def test_every_route_declares_who_may_ask(app: FastAPI, client: TestClient) -> None:
    public = {(row.method, row.path) for row in powers_of(app) if row.rule.caller.value == "public"}
    common = ("/v1/log", "/healthz", "/readyz", "/metrics")
    ours = {row for row in public if not row[1].startswith(common)}
    assert ours == {
        ("POST", "/v1/ground/checks"),
        ("GET", "/v1/ground/checks/{statement_id}"),
        ("GET", "/v1/application-areas/disclosed"),
        ("GET", "/v1/application-areas/{application_id}"),
        ("GET", "/v1/licence-areas"),
        ("GET", "/v1/licence-areas/{code}"),
        ("GET", "/v1/zones"),
        ("GET", "/v1/jurisdictions"),
        ("GET", "/tiles/{layer}/{z}/{x}/{y}.mvt"),
    }
    paths = client.get("/openapi.json").json()["paths"]
    assert paths["/v1/ground/checks"]["post"]["x-powers"]["who"] == "public"


def test_checks_are_rate_limited_by_address(settings: Settings, database: Database) -> None:
    strict = create_app(settings.model_copy(update={"checks_a_minute": 2}), database=database)
    door = TestClient(strict)
    answers = [door.post("/v1/ground/checks", json=GOOD).status_code for _ in range(3)]
    assert answers == [422, 422, 429]
