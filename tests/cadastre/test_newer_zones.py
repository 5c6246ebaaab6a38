"""Zones that came after an application: at its grant they count as they stand on that day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from cadastre_door import ACTORS, PLANE, signed_in, slug_of
from cadastre_ground import Register, asked, plot
from fastapi.testclient import TestClient
from sqlalchemy import text
from test_zone_race import signer

from chassis.appointments import copy_appointment
from contracts.cadastre.wire import ConsentKept, ConsentTold, GroundAsked, ZoneProposed
from contracts.procedures import AppointmentCopy
from kernel.authority import Actor, Appointment, Power, Realm
from kernel.events import ActorKind
from kernel.problems import NotAllowed
from services.cadastre.acts.approve_zone import approve_zone
from services.cadastre.acts.propose_zone import propose_zone
from services.cadastre.acts.record_consent import record_consent
from services.cadastre.domain.application_area import AreaNotEntered
from services.cadastre.domain.consent import GroundForbidden, NoConsentAsked, ZoneConsentMissing

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
COUNCIL = "council-riverside"  # where free ground lies
EAST = count(1_000, 1_000)


def officer(office: str = COUNCIL, agency: str = "councils", *powers: Power) -> Actor:
    held = frozenset(powers or {Power.DECIDE_STEP})
    return Actor(
        kind=ActorKind.OFFICER,
        person="staff:elder",
        realm=Realm.STAFF,
        offices=frozenset({f"/agencies/{agency}/{office}"}),
        appointments=(Appointment("staff:elder", agency, office, held, LONG_AGO),),
    )


def declare(register: Register, name: str, kind: str, east: float) -> None:
    """Declared long ago by its own words, and signed by the second person now."""
    ring = [(round(1000 * x), round(1000 * y)) for x, y in plot(east)]
    corners = [list(one) for one in PLANE.geodetic([*ring, ring[0]])]
    told = ZoneProposed(
        id=name, kind=kind, name=f"The ground of {name}", instrument="Order 9",
        office="mines-north", since=LONG_AGO,
        geojson={"type": "Polygon", "coordinates": [corners]},
    )
    register.works.run(signer("first"), lambda work: propose_zone(work, register.desk, told))
    register.works.run(signer("second"), lambda work: approve_zone(work, register.desk, name))


def entered(register: Register, kind: str) -> tuple[GroundAsked, UUID, str]:
    """An application's area, and the zone of a kind that came to lie under half of it."""
    east = next(EAST)
    what, name = asked(plot(east)), f"zone-{kind}-{east}"
    application = register.enter(what)
    declare(register, name, kind, east + 100)
    return what, application, name


def answer(
    register: Register, application: UUID, zone: str, given: bool, who: Actor | None = None,
    **more: Any,
) -> None:
    told = ConsentTold(
        zone=zone, office=more.get("office", COUNCIL), given=given, reference="Minutes 4/2026"
    )
    register.works.run(
        who or officer(), lambda work: record_consent(work, register.desk, application, told)
    )


def test_a_forbidding_zone_stops_the_grant_and_is_named(register: Register) -> None:
    what, application, name = entered(register, "protected")
    with pytest.raises(GroundForbidden) as refusal:
        register.grant(application, what)
    assert f"The ground of {name} ({name})" in refusal.value.detail
    assert refusal.value.facts["zones"] == [name]


@pytest.mark.parametrize("kind", ["customary", "town"])
def test_a_zone_whose_consent_nobody_gave_stops_the_grant_until_it_is_given(
    register: Register, kind: str
) -> None:
    what, application, name = entered(register, kind)
    with pytest.raises(ZoneConsentMissing) as refusal:
        register.grant(application, what)
    assert f"The ground of {name} ({name})" in refusal.value.detail
    assert "the consent of councils was not recorded" in refusal.value.detail
    assert refusal.value.facts == {"zones": [name], "refused": [], "consent_of": ["councils"]}
    answer(register, application, name, given=True)
    grant = register.grant(application, what)
    assert register.confirm(grant).seq is not None


def test_the_newest_answer_counts_and_every_one_is_kept(register: Register) -> None:
    what, application, name = entered(register, "customary")
    answer(register, application, name, given=True)
    answer(register, application, name, given=False)
    with pytest.raises(ZoneConsentMissing) as refusal:
        register.grant(application, what)
    assert "the consent of councils was refused" in refusal.value.detail
    assert refusal.value.facts["refused"] == [name]
    with register.database.sessions() as session:
        told = session.execute(
            text("select given, office, reference, answered_by from zone_consent"
                 " where application_id = :case order by id"), {"case": application},
        ).all()
        leaves = session.scalars(
            text("select count(*) from log_leaf where payload->>'subject' = :case"
                 " and payload->>'kind' = 'zone.consent-answered'"), {"case": str(application)},
        ).one()
    mine = (COUNCIL, "Minutes 4/2026", "staff:elder")
    assert [tuple(row) for row in told] == [(True, *mine), (False, *mine)]
    assert leaves == 2


def test_a_zone_that_was_there_at_the_check_is_the_procedures_to_ask_about(
    register: Register,
) -> None:
    east = next(EAST)
    declare(register, f"old-{east}", "customary", east)
    what = asked(plot(east))
    assert [h["consequence"] for h in register.check(what).statement.body["hits"]] == ["consent"]
    application = register.enter(what)
    with pytest.raises(NoConsentAsked):
        answer(register, application, f"old-{east}", given=True)
    assert register.confirm(register.grant(application, what)).seq is not None


def test_a_zone_of_between_check_and_lodgement_was_asked_about_by_nobody(
    register: Register,
) -> None:
    east = next(EAST)
    what = asked(plot(east))
    entry = register.entry(what)
    declare(register, f"between-{east}", "customary", east)
    later = entry.model_copy(update={"lodged_at": datetime.now(UTC) + timedelta(seconds=1)})
    application = register.enter(later)
    with pytest.raises(ZoneConsentMissing):
        register.grant(application, what)


@pytest.mark.parametrize(
    ("who", "office"),
    [
        (officer("council-hillside"), "council-hillside"),
        (officer("mines-north", "mines"), "mines-north"),
        (officer(COUNCIL, "councils", Power.READ_CASES), COUNCIL),
        (officer("council-hillside"), COUNCIL),
    ],
)
def test_only_the_office_that_answers_for_the_ground_records_its_consent(
    register: Register, who: Actor, office: str
) -> None:
    what, application, name = entered(register, "customary")
    with pytest.raises(NotAllowed):
        answer(register, application, name, True, who, office=office)
    with pytest.raises(ZoneConsentMissing):
        register.grant(application, what)


def test_a_consent_belongs_to_a_zone_that_asks_for_one_and_to_an_open_application(
    register: Register,
) -> None:
    _, application, forbidding = entered(register, "protected")
    for name in (forbidding, "mkuyu-forest", "nowhere"):
        with pytest.raises(NoConsentAsked):
            answer(register, application, name, given=True)
    _, other, asking = entered(register, "customary")
    register.release(other)
    with pytest.raises(AreaNotEntered):
        answer(register, other, asking, given=True)


def test_a_council_records_its_consent_over_http(
    register: Register, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ACTORS, "elder", replace(officer(), appointments=()))
    what, application, name = entered(register, "customary")
    copy = AppointmentCopy(
        key="copy:elder", id=UUID(int=77), person="staff:elder", agency="councils", office=COUNCIL,
        powers=[Power.DECIDE_STEP.value], since=LONG_AGO, version=1,
    )
    register.works.run(officer(), lambda work: copy_appointment(work, copy))
    told = ConsentTold(zone=name, office=COUNCIL, given=True, reference="Minutes 5/2026")
    path = f"/v1/application-areas/{application}/consents"
    body = told.model_dump(mode="json")
    refused = client.post(path, json=body, headers=signed_in("miner"))
    assert (refused.status_code, slug_of(refused)) == (403, "not-allowed")
    one_factor = client.post(path, json=body, headers=signed_in("elder"))
    assert (one_factor.status_code, slug_of(one_factor)) == (403, "step-up-needed")
    monkeypatch.setitem(ACTORS, "elder", replace(officer(), appointments=(), acr="2"))
    kept = client.post(path, json=body, headers=signed_in("elder"))
    assert kept.status_code == 201
    shown = ConsentKept.model_validate(kept.json())
    assert (shown.zone, shown.given, shown.office) == (name, True, COUNCIL)
    assert register.grant(application, what).licence_code
