import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from cadastre_ground import FREE, WORK, Register, asked, cells, plot
from fastapi import FastAPI
from starlette.testclient import TestClient

import chassis.app
from chassis.database import Database
from chassis.powers import powers_of
from contracts.procedures import AppointmentCopy
from kernel.authority import Actor, Power, Realm
from kernel.events import ActorKind
from services.cadastre.acts.copy_appointment import copy_appointment
from services.cadastre.app import create_app
from services.cadastre.domain.planes import Plane
from services.cadastre.settings import Settings

PLANE = Plane("EPSG:32736")


@pytest.fixture(scope="module")
def app(settings: Settings, database: Database) -> FastAPI:
    """Tokens are checked by the chassis and its tests; here a token is the name of its bearer."""
    with pytest.MonkeyPatch.context() as patch:
        bearers = SimpleNamespace(actor=ACTORS.__getitem__)
        patch.setattr(chassis.app, "tokens_of", lambda *_: bearers)
        open_door = settings.model_copy(update={"checks_a_minute": 100_000})
        return create_app(open_door, database=database)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


def officer(name: str, office: str = "mines-north") -> Actor:
    return Actor(
        kind=ActorKind.OFFICER,
        person=f"staff:{name}",
        realm=Realm.STAFF,
        offices=frozenset({f"/agencies/mines/{office}"}),
        acr="2",
        auth_time=datetime.now(UTC),
    )


ACTORS = {
    "proposer": officer("proposer"),
    "approver": officer("approver"),
    "stranger": officer("stranger", "mines-south"),
    "miner": Actor(kind=ActorKind.APPLICANT, person="public:m", realm=Realm.PUBLIC),
}


def signed_in(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}", "Idempotency-Key": str(uuid4())}


@pytest.fixture(scope="module", autouse=True)
def appointments(register: Register) -> None:
    powers = [Power.PROPOSE_ZONE, Power.APPROVE_ZONE, Power.READ_CASES]
    for name, office in (
        ("proposer", "mines-north"), ("approver", "mines-north"), ("stranger", "mines-south"),
    ):
        copy = AppointmentCopy(
            key=f"copy:{name}", id=uuid4(), person=f"staff:{name}", agency="mines", office=office,
            powers=[power.value for power in powers], since=datetime(2026, 1, 1, tzinfo=UTC),
            version=1,
        )
        register.works.run(WORK, lambda work, copy=copy: copy_appointment(work, copy))


def slug_of(answer: Any) -> str:
    return str(answer.json()["type"].rsplit(":", 1)[-1])


def body_of(what: Any) -> dict[str, Any]:
    return json.loads(what.model_dump_json(exclude_none=True))


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


GOOD = {"licence_type": "artisanal-permit", "minerals": ["gold"]}
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
    assert kinds["known-working"]["consequence"] == "visit-and-notice"
    assert (kinds["zone"]["ref"], kinds["zone"]["consequence"]) == ("kisanga-asm", "none")
    lon, lat = 33.6, -3.2
    box = [[lon, lat], [lon + 0.002, lat], [lon + 0.002, lat + 0.002], [lon, lat + 0.002]]
    told = client.post("/v1/ground/checks", json=GOOD | {"corners": {"rings": [box]}}).json()
    (hit,) = told["statement"]["body"]["hits"]
    assert (hit["ref"], hit["consequence"]) == ("mkuyu-forest", "forbidden")
    assert hit["per_cent"] == "100.00"
    assert told["statement"]["body"]["net_hectares"] == "0.0000"


def test_a_rival_is_told_the_place_and_the_hectares_but_not_the_shape(
    client: TestClient, register: Register
) -> None:
    what = asked(plot(east=9000))
    senior = register.enter(what)
    rival = client.post("/v1/ground/checks", json=body_of(asked(plot(east=9100)))).json()
    (hit,) = rival["statement"]["body"]["hits"]
    assert hit["kind"] == "application"
    assert hit["ref"] is hit["name"] is None
    assert (hit["hectares"], hit["per_cent"], hit["consequence"]) == ("3.0000", "50.00", "queue")
    assert rival["statement"]["body"]["net_hectares"] == "3.0000"
    assert rival["report"]["remainder"]["type"] == "MultiPolygon"
    told = client.get(f"/v1/application-areas/{senior}").json()
    assert (told["geometry"], told["minerals"], told["hectares"]) == (None, None, "6.0000")
    seen = client.get(f"/v1/application-areas/{senior}", headers=signed_in("proposer")).json()
    assert seen["geometry"]["type"] == "MultiPolygon"
    far = client.get(f"/v1/application-areas/{senior}", headers=signed_in("stranger")).json()
    assert far["geometry"] is None
    mine = client.get("/v1/application-areas", headers=signed_in("proposer")).json()
    assert str(senior) in {one["id"] for one in mine["features"]}
    assert client.get(f"/v1/application-areas/{uuid4()}").status_code == 404


def test_licence_areas_are_public_geojson_by_box_instant_and_page(
    client: TestClient, register: Register
) -> None:
    codes = []
    for n in range(3):
        what = asked(plot(east=12_000 + 500 * n))
        application = register.enter(what)
        grant = register.grant(application, what, code=f"MAP-{n}")
        assert client.get(f"/v1/licence-areas/MAP-{n}").status_code == 404  # pending
        register.confirm(grant)
        codes.append(grant.licence_code)
    ((west, south),) = PLANE.to_lonlat([(round((FREE[0] + 11_900) * 1000), round(FREE[1] * 1000))])
    box = f"{west},{south - 0.01},{west + 0.02},{south + 0.02}"
    first = client.get("/v1/licence-areas", params={"bbox": box, "limit": 2}).json()
    rest = client.get("/v1/licence-areas", params={"bbox": box, "after": first["next"]}).json()
    found = [one["id"] for page in (first, rest) for one in page["features"]]
    assert found == codes
    assert rest["next"] is None
    early = client.get(
        "/v1/licence-areas", params={"bbox": box, "at": "2026-01-01T00:00:00Z"}
    ).json()
    assert early["features"] == []
    one = client.get("/v1/licence-areas/MAP-1").json()
    assert one["properties"]["hectares"] == "6.0000"
    for bad in ("1,2,3", "a,b,c,d", "nan,1,2,3", "10,0,-10,0", "inf,0,0,0"):
        assert client.get("/v1/licence-areas", params={"bbox": bad}).status_code == 422


ZONE = {
    "id": "river-buffer", "kind": "protected", "name": "River buffer", "instrument": "Order 9",
    "office": "mines-north", "since": "2026-01-01T00:00:00Z",
    "geojson": {
        "type": "Polygon",
        "coordinates": [[[32.7, -3.7], [32.71, -3.7], [32.71, -3.69], [32.7, -3.7]]],
    },
}


def test_a_zone_needs_two_people_and_has_no_effect_before(client: TestClient) -> None:
    box = [[32.707, -3.6975], [32.708, -3.6975], [32.708, -3.6965], [32.707, -3.6965]]
    check = GOOD | {"corners": {"rings": [box]}}
    proposed = client.post("/v1/zones", json=ZONE, headers=signed_in("proposer"))
    assert (proposed.status_code, proposed.json()["status"]) == (201, "proposed")
    assert client.post("/v1/zones", json=ZONE, headers=signed_in("proposer")).status_code == 409
    assert client.post("/v1/ground/checks", json=check).json()["statement"]["body"]["hits"] == []
    address = "/v1/zones/river-buffer/approval"
    own = client.post(address, headers=signed_in("proposer"))
    assert (own.status_code, slug_of(own)) == (403, "four-eyes")
    assert client.post(address, headers=signed_in("stranger")).status_code == 403
    assert client.post(address, headers=signed_in("miner")).status_code == 403
    assert client.post(address, headers={"Idempotency-Key": "k"}).status_code == 401
    done = client.post(address, headers=signed_in("approver"))
    assert (done.status_code, done.json()["status"]) == (200, "approved")
    assert client.post(address, headers=signed_in("approver")).status_code == 409
    (hit,) = client.post("/v1/ground/checks", json=check).json()["statement"]["body"]["hits"]
    assert (hit["ref"], hit["consequence"]) == ("river-buffer", "forbidden")


def test_zones_and_jurisdictions_are_public_and_known_workings_are_not(client: TestClient) -> None:
    zones = client.get("/v1/zones").json()["features"]
    assert {"kisanga-asm", "mkuyu-forest"} <= {one["id"] for one in zones}
    offices = client.get("/v1/jurisdictions").json()["features"]
    assert {one["properties"]["office"] for one in offices} >= {"mines-north", "lands-registry"}
    lon, lat = offices[0]["geometry"]["coordinates"][0][0][0]
    assert 30 < lon < 36
    assert -6 < lat < -2
    assert client.get("/v1/known-workings").status_code == 401
    seen = client.get("/v1/known-workings", headers=signed_in("proposer")).json()["features"]
    assert {one["id"] for one in seen} >= {"old-quarry-pits", "river-pits"}
    assert client.get("/v1/known-workings", headers=signed_in("miner")).status_code == 403


def test_every_route_declares_who_may_ask(app: FastAPI, client: TestClient) -> None:
    public = {(row.method, row.path) for row in powers_of(app) if row.rule.caller.value == "public"}
    common = ("/v1/log", "/healthz", "/readyz", "/metrics")
    ours = {row for row in public if not row[1].startswith(common)}
    assert ours == {
        ("POST", "/v1/ground/checks"),
        ("GET", "/v1/ground/checks/{statement_id}"),
        ("GET", "/v1/application-areas/{application_id}"),
        ("GET", "/v1/licence-areas"),
        ("GET", "/v1/licence-areas/{code}"),
        ("GET", "/v1/zones"),
        ("GET", "/v1/jurisdictions"),
    }
    paths = client.get("/openapi.json").json()["paths"]
    assert paths["/v1/ground/checks"]["post"]["x-powers"]["who"] == "public"


def test_checks_are_rate_limited_by_address(settings: Settings, database: Database) -> None:
    strict = create_app(settings.model_copy(update={"checks_a_minute": 2}), database=database)
    door = TestClient(strict)
    answers = [door.post("/v1/ground/checks", json=GOOD).status_code for _ in range(3)]
    assert answers == [422, 422, 429]
