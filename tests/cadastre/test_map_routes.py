import json
from uuid import uuid4

from cadastre_door import PLANE, body_of, signed_in, slug_of
from cadastre_ground import FREE, Register, asked, plot
from shapely.geometry import mapping, shape
from sqlalchemy import text
from starlette.testclient import TestClient

GOOD = {"licence_type": "artisanal-permit", "minerals": ["gold"]}


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
    assert rival["report"]["remainder"] is None
    told = client.get(f"/v1/application-areas/{senior}").json()
    assert (told["geometry"], told["minerals"], told["hectares"]) == (None, None, "6.0000")
    seen = client.get(f"/v1/application-areas/{senior}", headers=signed_in("proposer")).json()
    assert seen["geometry"]["type"] == "MultiPolygon"
    far = client.get(f"/v1/application-areas/{senior}", headers=signed_in("stranger")).json()
    assert far["geometry"] is None
    mine = client.get("/v1/application-areas", headers=signed_in("proposer")).json()
    assert str(senior) in {one["id"] for one in mine["features"]}
    assert client.get(f"/v1/application-areas/{uuid4()}").status_code == 404


def test_an_office_makes_zones_on_its_own_ground_only(
    client: TestClient, register: Register
) -> None:
    found = client.get("/v1/jurisdictions").json()["features"]
    land = {one["properties"]["office"]: shape(one["geometry"]) for one in found}
    there = land["mines-south"].representative_point()
    far = mapping(there.buffer(0.01, quad_segs=2))
    told = ZONE | {"id": "far", "geojson": json.loads(json.dumps(far))}
    refused = client.post("/v1/zones", json=told, headers=signed_in("proposer"))
    assert (refused.status_code, slug_of(refused)) == (409, "outside-jurisdiction")
    assert "mines-south" in refused.json()["offices"]
    near = ZONE | {"id": "near"}
    assert client.post("/v1/zones", json=near, headers=signed_in("proposer")).status_code == 201
    with register.database.sessions.begin() as session:
        session.execute(text("update zone set office = 'mines-south' where id = 'near'"))
    later = client.post("/v1/zones/near/approval", headers=signed_in("stranger"))
    assert (later.status_code, slug_of(later)) == (409, "outside-jurisdiction")


def test_what_is_left_of_asked_ground_is_cut_by_what_the_public_sees_alone(
    client: TestClient, register: Register
) -> None:
    public, hidden = asked(plot(east=8000)), asked(plot(east=8250))
    register.confirm(register.grant(register.enter(public), public))
    register.enter(hidden)
    between = asked(plot(east=8100))
    told = client.post("/v1/ground/checks", json=body_of(between)).json()["report"]
    alone = client.post("/v1/ground/checks", json=body_of(asked(plot(east=8200, width=100)))).json()
    assert told["net_hectares"] == "1.5000"
    assert told["remainder"] == alone["report"]["display"]


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
    for bad in ("W10", "WyJhIiwiYiJd", "WzFd", "bnVsbA", "e30", "WyJcdTAwMDAiXQ"):
        assert client.get("/v1/licence-areas", params={"after": bad}).status_code == 422
        mine = {"headers": signed_in("proposer"), "params": {"after": "WyJhIl0"}}
        assert client.get("/v1/application-areas", **mine).status_code == 422
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
    assert (own.status_code, slug_of(own)) == (403, "second-person-needed")
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
