"""A zone and a grant at the same instant: no licence is granted on ground that a zone forbids."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cadastre_door import officer
from cadastre_ground import WORK, Register, asked, plot
from sqlalchemy import text

from chassis.unit_of_work import UnitOfWork
from contracts.cadastre.wire import ZoneProposed
from kernel.authority import Actor, Appointment, Power
from services.cadastre.acts.approve_zone import approve_zone
from services.cadastre.acts.grant_area import grant_area
from services.cadastre.acts.propose_zone import propose_zone
from services.cadastre.domain.consent import GroundForbidden
from services.cadastre.domain.planes import Plane

NOW = datetime.now(UTC)


def signer(name: str) -> Actor:
    powers = frozenset({Power.PROPOSE_ZONE, Power.APPROVE_ZONE})
    live = Appointment(f"staff:{name}", "mines", "mines-north", powers, NOW - timedelta(1), None)
    known = officer(name)
    return Actor(
        kind=known.kind, person=known.person, realm=known.realm, offices=known.offices,
        appointments=(live,),
    )


def reserve(name: str, east: float) -> ZoneProposed:
    ring = [tuple(1000 * round(v) for v in corner) for corner in plot(east)]
    corners = [list(one) for one in Plane("EPSG:32736").geodetic([*ring, ring[0]])]
    return ZoneProposed(
        id=name, kind="protected", name="A reserve", instrument="Order 7", office="mines-north",
        since=NOW - timedelta(1), geojson={"type": "Polygon", "coordinates": [corners]},
    )


def wait_for_a_lock(work: UnitOfWork, done: "Future[object]") -> None:
    """Until the other transaction waits for this one, or is through."""
    waiting = text(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and wait_event_type = 'Lock'"
    )
    for _ in range(200):
        if done.done() or work.session.scalars(waiting).one():
            return
        work.session.execute(text("select pg_sleep(0.05), pg_stat_clear_snapshot()"))
    pytest.fail("the other act neither waits nor ends")


def test_a_grant_that_meets_a_zone_being_approved_is_refused(register: Register) -> None:
    what = asked(plot(64_000))
    grant = register.grant_of(register.enter(what), what)
    register.works.run(
        signer("first"), lambda work: propose_zone(work, register.desk, reserve("raced", 64_050))
    )

    def granting() -> object:
        return register.works.run(WORK, lambda work: grant_area(work, register.desk, grant))

    with ThreadPoolExecutor(1) as pool:
        with register.works.open(signer("second")) as work:
            approve_zone(work, register.desk, "raced")
            granted = pool.submit(granting)
            wait_for_a_lock(work, granted)
        with pytest.raises(GroundForbidden):
            granted.result(timeout=20)
