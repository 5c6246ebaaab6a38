"""The typed client over the real application, and the walk that users bring."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cadastre_door import PLANE
from cadastre_ground import FREE, Register, asked, plot
from starlette.testclient import TestClient

from contracts.cadastre.client import Cadastre
from contracts.cadastre.wire import GroundAsked, ZoneProposed
from contracts.calling import Calling
from kernel.problems import Problem
from services.cadastre.domain import gpx, hectares

WALK = Path(__file__).parents[2] / "examples/walk.gpx"


@pytest.fixture
def cadastre(client: TestClient) -> Cadastre:
    return Cadastre(Calling(client))  # type: ignore[arg-type]


def test_the_walk_of_the_examples_is_six_point_four_hectares_over_a_known_working(
    cadastre: Cadastre, register: Register
) -> None:
    what = GroundAsked(licence_type="artisanal-permit", minerals=["gold"], gpx=WALK.read_text())
    told = cadastre.check_ground(what)
    body = told.statement.body
    assert body["hectares"]["legal"].startswith("6.40")
    assert (body["office"], body["known_workings"]) == ("mines-north", 1)
    assert {hit["consequence"] for hit in body["hits"]} == {"visit-and-notice", "none"}
    (how,) = told.report.walks
    assert how.points == 201
    register.confirm(register.grant(register.enter(what), what))


def test_the_example_is_a_walk_with_a_receivers_tremble() -> None:
    area, named, _ = gpx.read_gpx(WALK.read_text(), PLANE)
    assert named.operation.endswith("UTM zone 36S")
    assert round(float(hectares.planar(area)), 1) == 6.4


def test_the_client_reads_what_the_service_answers(cadastre: Cadastre, register: Register) -> None:
    what = asked(plot(60_000))
    told = cadastre.check_ground(what)
    assert cadastre.statement(UUID(told.statement.body["id"])) == told.statement
    application = register.enter(what)
    assert cadastre.application_area(application).hectares == "6.0000"
    grant = register.grant(application, what)
    register.confirm(grant)
    assert cadastre.licence_area(grant.licence_code).properties["office"] == "mines-north"
    ((lon, lat),) = PLANE.to_lonlat([(int((FREE[0] + 60_100) * 1000), int(FREE[1] * 1000) + 9)])
    box = (lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)
    assert [one.id for one in cadastre.licence_areas(box).features] == [grant.licence_code]
    assert cadastre.zones().features
    assert cadastre.jurisdictions().features


def test_the_client_turns_refusals_back_into_problems(
    cadastre: Cadastre, client: TestClient
) -> None:
    with pytest.raises(Problem) as refusal:
        cadastre.check_ground(asked(plot(width=2000)))
    assert (refusal.value.slug(), refusal.value.status) == ("area-beyond-limits", 409)
    assert refusal.value.facts["max_hectares"] == "10"
    with pytest.raises(Problem) as unknown:
        cadastre.application_area(uuid4())
    assert unknown.value.status == 404
    square = {"type": "Polygon", "coordinates": [[[33, -3], [33.1, -3], [33.1, -3.1], [33, -3]]]}
    zone = ZoneProposed.model_validate(
        {
            "id": "by-client", "kind": "town", "name": "T", "instrument": "O",
            "office": "mines-north", "since": "2026-01-01T00:00:00Z", "geojson": square,
        }
    )
    officers = {name: Cadastre(Calling(client, lambda name=name: name))  # type: ignore[arg-type,misc]
                for name in ("proposer", "approver")}
    assert officers["proposer"].propose_zone(zone, str(uuid4())).status == "proposed"
    assert officers["approver"].approve_zone("by-client", str(uuid4())).status == "approved"
    assert officers["proposer"].known_workings().features
    assert officers["proposer"].application_areas().features is not None
