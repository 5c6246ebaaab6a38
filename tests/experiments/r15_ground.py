"""The creating POSTs of the cadastre, each made anew: zones, and answers for newer ones."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from chassis.unit_of_work import Works
from contracts.cadastre.wire import Corners, GroundAsked
from contracts.command_args import EnterArea
from kernel.authority import NOBODY, Power, clockwork
from services.cadastre.acts.check_ground import check_ground
from services.cadastre.acts.enter_application_area import enter_application_area
from tests.experiments.r15_call import Call
from tests.experiments.r15_doors import Door, Doors
from tests.own_database import appoint

ZONING: Final = (Power.PROPOSE_ZONE, Power.APPROVE_ZONE)
RING: Final = [[32.7, -3.7], [32.71, -3.7], [32.71, -3.69], [32.7, -3.7]]
WEST, SOUTH, EAST, NORTH = "32.703", "-3.698", "32.705", "-3.696"
COUNCIL: Final = "council-riverside"


def zone(d: Doors, kind: str = "protected") -> Call:
    one, two = (d.by_name["cadastre"].officer(*ZONING) for _ in range(2))
    body = {
        "id": f"z-{uuid4().hex[:10]}",
        "kind": kind,
        "name": "River buffer",
        "instrument": "Order 9",
        "office": "mines-north",
        "since": "2026-01-01T00:00:00Z",
        "geojson": {"type": "Polygon", "coordinates": [RING]},
    }
    return Call("/zones", one, two, body, body | {"name": "Another"})


def zoned(d: Doors, kind: str = "protected") -> Call:
    call = zone(d, kind)
    made = post(d.by_name["cadastre"], call)
    assert made.status_code == 201, made.text
    return Call(f"/zones/{call.body['id']}/approval", call.stranger, call.who)


def consent(d: Doors) -> Call:
    """An application whose ground came to lie on customary land after it was checked."""
    door, application = d.by_name["cadastre"], uuid4()
    works, desk = Works(door.app.state.database.sessions), door.app.state.desk
    corners = [(WEST, SOUTH), (EAST, SOUTH), (EAST, NORTH), (WEST, NORTH)]
    asked = GroundAsked(
        licence_type="artisanal-permit", minerals=["gold"], corners=Corners(rings=[corners])
    )
    checked = works.run(NOBODY, lambda work: check_ground(work, desk, asked))
    entry = EnterArea(
        filing_seq=d.chance.randrange(10**9),
        lodged_at=datetime.now(UTC),
        conditional=False,
        ground=checked.statement.model_dump(mode="json"),
        licence_type=asked.licence_type,
        minerals=asked.minerals,
    )
    edition = desk.country.newest.ref
    works.run(
        clockwork("cadastre"),
        lambda work: enter_application_area(work, desk, application, edition, entry),
    )
    declared = zoned(d, "customary")
    assert post(door, declared).status_code == 200
    elder, other = (council(door) for _ in range(2))
    zone_id = declared.path.split("/")[2]
    body = {"zone": zone_id, "office": COUNCIL, "given": True, "reference": "Minutes 4"}
    path = f"/application-areas/{application}/consents"
    return Call(path, elder, other, body, body | {"given": False})


def council(door: Door) -> dict[str, str]:
    """An officer of the council in whose district the zones of this experiment lie."""
    sub = uuid4().hex
    appoint(door.settings, f"staff:{sub}", "councils", COUNCIL, Power.DECIDE_STEP)
    return door.place.issuer.headers("staff", sub, groups=[f"/agencies/councils/{COUNCIL}"])


def post(door: Door, call: Call) -> Any:
    told = {**call.who, "Idempotency-Key": uuid4().hex}
    return door.client.post(f"/v1{call.path}", json=call.body, headers=told)
