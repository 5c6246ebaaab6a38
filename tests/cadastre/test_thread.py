from decimal import Decimal

import pytest
from cadastre_ground import FREE, WORK, Register, asked, plot
from sqlalchemy import text

from chassis.journal import events_between
from services.cadastre.acts.grant_area import GroundTaken, SeniorApplicationPending


def test_ground_is_checked_entered_granted_and_confirmed(register: Register) -> None:
    what = asked(plot())
    checked = register.check(what)
    body = register.desk.keyring.verify(
        checked.statement.model_dump(mode="json"), "ground-statement"
    )
    assert body["hectares"]["legal"] == "6.0000"
    assert body["office"] == "mines-north"
    assert body["offices"] == {
        "councils": "council-riverside",
        "environment": "environment-south",
        "lands": "lands-registry",
        "mines": "mines-north",
    }
    assert body["hits"] == []
    application = register.enter(what)
    grant = register.grant(application, what)
    register.confirm(grant)
    (hit,) = register.check(what).statement.body["hits"]
    assert (hit["kind"], hit["ref"], hit["hectares"], hit["per_cent"], hit["consequence"]) == (
        "licence", grant.licence_code, "6.0000", "100.00", "forbidden",
    )
    with register.works.open(WORK) as work:
        told = [event.name for event in events_between(work.session, application)]
        assert told == ["area.entered", "area.granted", "area.confirmed"]
        assert work.session.scalar(text("select count(*) from outbox")) == 3


def test_neighbours_that_share_a_border_are_both_granted(register: Register) -> None:
    west, east = asked(plot(1000)), asked(plot(1200))
    slanted = plot(1400)
    slanted[0] = (FREE[0] + 1400, FREE[1] - 0.3)  # a corner in the middle of the neighbour's side
    held = []
    for what in (west, east, asked(slanted)):
        application = register.enter(what)
        grant = register.grant(application, what)
        register.confirm(grant)
        held.append(grant.licence_code)
    with register.works.open(WORK) as work:
        confirmed = work.session.scalars(
            text("select licence_code from licence_area where status = 'confirmed'"
                 " and licence_code = any(:codes) order by granted_at"), {"codes": held},
        ).all()
        displaced = work.session.scalars(text("select count(*) from displacement")).one()
    assert confirmed == held
    assert displaced == 0


def test_an_earlier_application_stops_a_grant_until_it_is_over(register: Register) -> None:
    senior_seq, junior_seq = next(register.places), next(register.places)
    what, other = asked(plot(2000)), asked(plot(2100))
    junior = register.enter(other, seq=junior_seq)
    senior = register.enter(what, seq=senior_seq)
    with pytest.raises(SeniorApplicationPending) as refusal:
        register.grant(junior, other)
    assert refusal.value.facts["seniors"] == [{"seq": senior_seq, "hectares": "3.0000"}]
    grant = register.grant(senior, what)
    register.confirm(grant)
    with pytest.raises(GroundTaken) as taken:
        register.grant(junior, other)
    (hit,) = taken.value.facts["hits"]  # type: ignore[misc]
    assert hit["ref"] == grant.licence_code
    assert Decimal(hit["hectares"]) == pytest.approx(Decimal("2.98"), abs=Decimal("0.03"))
