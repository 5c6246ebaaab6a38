"""Acts beside the thin thread: refusals, repeats, compensation, powers, copies."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cadastre_ground import WORK, Register, asked, plot
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from chassis.appointments import copy_appointment
from chassis.journal import events_between
from chassis.signing import NotGenuine
from contracts.cadastre.wire import ZoneProposed
from contracts.procedures import AppointmentCopy, EventRange, Keyed
from kernel.authority import NOBODY, Actor, Appointment, Power, Realm, SecondPersonNeeded
from kernel.commands import Command, Operation
from kernel.events import ActorKind
from kernel.problems import NotAllowed, NotFound
from services.cadastre.activities.areas import Areas
from services.cadastre.acts.approve_zone import approve_zone
from services.cadastre.acts.enter_application_area import GroundStatementMissing
from services.cadastre.acts.grant_area import PeriodNotReadable, grant_area
from services.cadastre.acts.propose_zone import UnknownZoneKind, ZoneNeverHolds, propose_zone
from services.cadastre.acts.seed_register import seed_register
from services.cadastre.acts.withdraw_pending_area import withdraw_pending_area
from services.cadastre.domain.application_area import AreaNotEntered, NotTheGround
from services.cadastre.domain.consent import GroundForbidden
from services.cadastre.domain.licence_area import AreaConfirmed, AreaNotGranted
from services.cadastre.domain.stated import StatementDiffers, StatementWithoutGround
from services.cadastre.domain.zone import ZoneApproved
from services.cadastre.store.places import PlaneDiffers, settle_plane

NOW = datetime.now(UTC)


def officer(name: str, *powers: Power, office: str = "mines-north", **more: Any) -> Actor:
    live = Appointment(
        f"staff:{name}", "mines", office, frozenset(powers), more.get("since", NOW - timedelta(1)),
        more.get("until"),
    )
    groups = frozenset({f"/agencies/mines/{more.get('group', office)}"})
    return Actor(
        kind=ActorKind.OFFICER, person=f"staff:{name}", realm=Realm.STAFF, offices=groups,
        appointments=(live,),
    )


def zone(name: str, **more: Any) -> ZoneProposed:
    square = [[32.8, -3.8], [32.81, -3.8], [32.81, -3.79], [32.8, -3.79], [32.8, -3.8]]
    told = {
        "id": name, "kind": "town", "name": "A town", "instrument": "Order 1",
        "office": "mines-north", "since": NOW,
        "geojson": {"type": "Polygon", "coordinates": [square]},
    }
    return ZoneProposed(**{**told, **more})


MISTAKEN = [
    NOBODY,
    WORK,
    officer("a", Power.DECIDE_STEP),
    officer("b", Power.PROPOSE_ZONE, Power.APPROVE_ZONE, office="mines-south"),
    officer("c", Power.PROPOSE_ZONE, Power.APPROVE_ZONE, until=NOW - timedelta(hours=1)),
    officer("d", Power.PROPOSE_ZONE, Power.APPROVE_ZONE, since=NOW + timedelta(days=1)),
    officer("e", Power.PROPOSE_ZONE, Power.APPROVE_ZONE, group="mines-south"),
]


@pytest.mark.parametrize("actor", MISTAKEN)
def test_only_a_live_appointment_at_that_office_makes_zones(
    register: Register, actor: Actor
) -> None:
    name = f"z-{uuid4().hex[:8]}"
    with pytest.raises(NotAllowed):
        register.works.run(actor, lambda work: propose_zone(work, register.desk, zone(name)))
    proposer = officer("proposer", Power.PROPOSE_ZONE, Power.APPROVE_ZONE)
    register.works.run(proposer, lambda work: propose_zone(work, register.desk, zone(name)))
    with pytest.raises(NotAllowed):
        register.works.run(actor, lambda work: approve_zone(work, register.desk, name))
    with pytest.raises(SecondPersonNeeded):
        register.works.run(proposer, lambda work: approve_zone(work, register.desk, name))


def test_a_zone_approved_by_a_second_person_is_approved_once(register: Register) -> None:
    first, second = officer("p", Power.PROPOSE_ZONE), officer("q", Power.APPROVE_ZONE)
    register.works.run(first, lambda work: propose_zone(work, register.desk, zone("late-town")))
    register.works.run(second, lambda work: approve_zone(work, register.desk, "late-town"))
    with pytest.raises(ZoneApproved):
        register.works.run(second, lambda work: approve_zone(work, register.desk, "late-town"))
    with pytest.raises(NotFound):
        register.works.run(second, lambda work: approve_zone(work, register.desk, "no-town"))
    with pytest.raises(UnknownZoneKind):
        register.works.run(
            first, lambda work: propose_zone(work, register.desk, zone("x-town", kind="moon"))
        )
    with pytest.raises(ZoneNeverHolds):
        register.works.run(
            first, lambda work: propose_zone(work, register.desk, zone("y-town", until=NOW))
        )
    with register.works.open(WORK) as work:
        kinds = work.session.scalars(
            text("select payload->>'kind' from log_leaf where payload->>'subject'='zone:late-town'")
        ).all()
        assert kinds == ["zone.proposed", "zone.approved"]


def test_the_database_itself_wants_two_people(register: Register) -> None:
    with pytest.raises(IntegrityError, match="four_eyes"), register.works.open(WORK) as work:
        work.session.execute(text("update zone set approved_by = proposed_by"))


def test_a_withdrawn_area_leaves_its_ground_to_others(register: Register) -> None:
    what = asked(plot())
    application = register.enter(what)
    grant = register.grant(application, what)
    act = lambda work: withdraw_pending_area(work, grant.subject)  # noqa: E731
    assert register.works.run(WORK, act).seq == 3
    assert register.works.run(WORK, act).seq is None
    with pytest.raises(AreaNotGranted):
        register.confirm(grant)
    again = register.grant(application, what, code=grant.licence_code)
    register.confirm(again)
    assert register.confirm(again).seq is None
    with pytest.raises(AreaConfirmed):
        register.works.run(WORK, lambda work: withdraw_pending_area(work, again.subject))
    assert register.works.run(WORK, lambda work: withdraw_pending_area(work, uuid4())).seq is None
    with register.works.open(WORK) as work:
        told = [event.name for event in events_between(work.session, application)]
        assert told == [
            "area.entered", "area.granted", "area.withdrawn", "area.granted", "area.confirmed",
        ]
        rows = work.session.execute(
            text(
                "select status, upper_inf(recorded) from licence_area_version v"
                " join licence_area a on a.id = v.licence_area_id"
                " where application_id = :case order by granted_at"
            ),
            {"case": application},
        ).all()
        assert [tuple(row) for row in rows] == [("withdrawn", False), ("confirmed", True)]


def test_what_never_was_cannot_be_granted_or_confirmed(register: Register) -> None:
    what = asked(plot(1000))
    with pytest.raises(AreaNotEntered):
        register.grant(uuid4(), what)
    with pytest.raises(AreaNotGranted):
        register.confirm(register.grant_of(uuid4(), what))
    application = register.enter(what)
    with pytest.raises(PeriodNotReadable):
        register.grant(application, what, valid_from=NOW, valid_to=NOW)
    assert register.release(application).seq == 2
    assert register.release(application).seq is None
    assert register.release(uuid4()).seq is None
    with pytest.raises(AreaNotEntered):
        register.grant(application, what)


def test_other_ground_than_was_applied_for_is_not_granted(register: Register) -> None:
    what = asked(plot(8000))
    application = register.enter(what)
    wanted = register.grant_of(application, what).model_copy(update={"geometry_hash": "00" * 32})
    with pytest.raises(NotTheGround):
        register.works.run(WORK, lambda work: grant_area(work, register.desk, wanted))
    of_it = {"geometry_hash": register.check(what).statement.body["geometry_hash"]}
    same = wanted.model_copy(update=of_it)
    ack = register.works.run(WORK, lambda work: grant_area(work, register.desk, same))
    assert ack.seq == 2


def test_a_zone_that_forbids_stops_a_grant_made_before_it(register: Register) -> None:
    what = asked(plot(3000))
    application = register.enter(what)
    degrees = [
        list(point)
        for point in register.desk.law_on(NOW).plane.to_lonlat(
            [(round(x * 1000), round(y * 1000)) for x, y in plot(2990, -10, 100, 100)]
        )
    ]
    told = zone("new-reserve", kind="protected",
                geojson={"type": "Polygon", "coordinates": [degrees]})
    first, second = officer("p", Power.PROPOSE_ZONE), officer("q", Power.APPROVE_ZONE)
    register.works.run(first, lambda work: propose_zone(work, register.desk, told))
    register.works.run(second, lambda work: approve_zone(work, register.desk, "new-reserve"))
    with pytest.raises(GroundForbidden) as refusal:
        register.grant(application, what)
    assert refusal.value.facts["zones"] == ["new-reserve"]
    assert "A town (new-reserve)" in refusal.value.detail


def test_only_a_statement_of_this_cadastre_is_entered(register: Register) -> None:
    entry = register.entry(asked(plot(5000)))
    assert entry.ground is not None
    forged = entry.ground | {"body": entry.ground["body"] | {"known_workings": 0, "v": 2}}
    with pytest.raises(NotGenuine):
        register.enter(entry.model_copy(update={"ground": forged}))
    with pytest.raises(NotGenuine):
        register.enter(entry.model_copy(update={"ground": {}}))
    with pytest.raises(GroundStatementMissing):
        register.enter(entry.model_copy(update={"ground": None}))
    with pytest.raises(StatementDiffers):
        register.enter(entry.model_copy(update={"licence_type": "small-scale-licence"}))
    card = asked(plot(5000)).model_copy(
        update={"licence_type": "miners-card", "corners": None, "zone": "kisanga-asm"}
    )
    with pytest.raises(StatementWithoutGround):
        register.enter(register.entry(card))


def test_an_activity_is_carried_out_once_for_its_key(register: Register) -> None:
    doing = Areas(register.works, register.desk)
    application = uuid4()

    def command(operation: Operation, args: dict[str, Any]) -> Command:
        return Command(
            key=f"{application}:case:0:{operation.value}:1", application_id=application,
            operation=operation, subject="case", round=0, edition=register.edition, args=args,
            at=NOW,
        )

    what = asked(plot(7000))
    enter = command(Operation.ENTER_AREA, register.entry(what).model_dump(mode="json"))
    assert doing.enter_area(enter) == doing.enter_area(enter)
    grant = register.grant_of(application, what)
    assert doing.grant_area(grant) == doing.grant_area(grant)
    keyed = Keyed(
        key=f"{application}:confirm", subject=grant.subject, application_id=application,
        edition=register.edition,
    )
    assert doing.confirm_area(keyed) == doing.confirm_area(keyed)
    release = command(Operation.RELEASE_AREA, {"reason": "granted"})
    assert doing.release_area(release).seq is None
    told = doing.events_between(EventRange(case=application, after=1)).events
    assert [(event.seq, event.name) for event in told] == [
        (2, "area.granted"), (3, "area.confirmed"),
    ]
    names = {getattr(call, "__temporal_activity_definition").name for call in doing.all()}
    assert names == {
        "enter_area", "release_area", "grant_area", "confirm_area", "withdraw_pending_area",
        "copy_appointment", "events_between",
    }


def test_the_newest_copy_of_an_appointment_stays(register: Register) -> None:
    name = uuid4()

    def copy(version: int, **more: Any) -> AppointmentCopy:
        return AppointmentCopy(
            key=f"{name}:{version}", id=name, person="staff:x", agency="mines",
            office="mines-north", powers=["decide-step", "unheard-of"], since=NOW, version=version,
            **more,
        )

    for one in (copy(2, ended=True), copy(1), copy(2)):
        register.works.run(WORK, lambda work, one=one: copy_appointment(work, one))
    with register.works.open(WORK) as work:
        row = work.session.execute(
            text("select version, until is not null as ended, powers from appointment"
                 " where id = :id"), {"id": name},
        ).one()
        assert tuple(row) == (2, True, ["decide-step", "unheard-of"])


def test_seeding_twice_writes_nothing_and_the_plane_never_moves(register: Register) -> None:
    assert register.works.run(WORK, lambda work: seed_register(work, register.desk)) == 0
    with pytest.raises(PlaneDiffers), register.works.open(WORK) as work:
        settle_plane(work.session, 21036)


def test_the_app_role_cannot_rewrite_what_was_stated(register: Register) -> None:
    with pytest.raises(ProgrammingError), register.works.open(WORK) as work:
        work.session.execute(text("update ground_check set licence_type = 'x'"))
    with pytest.raises(ProgrammingError), register.works.open(WORK) as work:
        work.session.execute(text("delete from journal"))


def test_people_reach_only_the_acts_that_are_theirs() -> None:
    """The others are the clockwork's: no route leads to them, so no power opens them."""
    routes = Path(__file__).parents[2] / "services/cadastre/routes"
    reached = {
        act
        for path in routes.glob("*.py")
        for act in re.findall(r"from services\.cadastre\.acts\.(\w+) import", path.read_text())
    }
    assert reached == {"check_ground", "propose_zone", "approve_zone", "record_consent"}


def test_every_act_is_tried_by_a_test() -> None:
    here = Path(__file__)
    acts = {path.stem for path in (here.parents[2] / "services/cadastre/acts").glob("[a-z]*.py")}
    words = "\n".join(path.read_text() for path in here.parent.glob("*.py"))
    assert {act for act in acts if not re.search(rf"\b{act}\(", words)} == set()
