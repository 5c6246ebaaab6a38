"""Appointments and the calendar: one person proposes, another approves, and it counts at once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from accounts_of_tests import AccountsOfTests
from licensing_office import OfficeOfTests
from played_case import play

from contracts import procedures as p
from kernel.authority import THROUGH_THE_COUNTRY, Actor, Power, Realm
from kernel.commands import Operation
from kernel.events import ActorKind, CaseRef
from kernel.problems import NotAllowed
from services.licensing.activities.appointments import AppointmentActivities
from services.licensing.acts.seed_appointments import Seed, seed_appointments
from services.licensing.domain.appointment import BeyondTheAgency
from services.licensing.domain.second_factor import FactorSeen

BOTH = (Power.PROPOSE_APPOINTMENT, Power.APPROVE_APPOINTMENT)
CALENDAR = (Power.PROPOSE_CALENDAR, Power.APPROVE_CALENDAR)


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rsplit(":", 1)[-1]


def wanted(person: str, office: str = "mines-north") -> dict[str, Any]:
    return {"person": person, "office": office, "powers": ["decide-step", "read-cases"]}


def test_an_appointment_takes_two_people_and_counts_at_once(office: OfficeOfTests) -> None:
    first, second = (office.officer("mines-north", *BOTH) for _ in range(2))
    made = office.post(first, "/appointments", wanted("staff:new-one"))
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["status"], told["agency"]) == ("proposed", "mines")
    path = f"/appointments/{told['id']}/approval"
    own = office.post(first, path)
    assert (own.status_code, slug(own)) == (403, "second-person-needed")
    case = play(office).decided_up_to("screening")
    who = office.officer("mines-north", sub="new-one")
    assert case.post(who, "screening", "decision", {"outcome": "approved"}).status_code == 403
    done = office.post(second, path)
    assert done.status_code == 200, done.text
    assert case.post(who, "screening", "decision", {"outcome": "approved"}).status_code == 200
    outbox = office.sql("select workflow_id from outbox where subject = %s", told["id"])
    assert outbox == [(f"appointment:{told['id']}",)]
    again = office.post(second, path)
    assert slug(again) == "not-proposed"
    copy = AppointmentActivities(office.works, None).load_appointment(
        CaseRef(subject=UUID(told["id"]))
    )
    assert (copy.person, copy.ended, copy.version) == ("staff:new-one", False, 2)


@pytest.mark.parametrize("power", sorted(THROUGH_THE_COUNTRY))
def test_a_power_through_the_country_is_given_only_where_the_law_says(
    office: OfficeOfTests, power: Power
) -> None:
    first, second = (office.officer("council-riverside", *BOTH) for _ in range(2))
    friend = {"person": "staff:friend", "office": "council-riverside", "powers": [power.value]}
    no = office.post(first, "/appointments", friend)
    assert (no.status_code, slug(no)) == (409, "beyond-the-agency")
    assert no.json()["powers"] == [power.value]
    with pytest.raises(BeyondTheAgency), office.works.open(operator()) as work:
        seed_appointments(work, office.desk, [Seed("staff:friend", "council-riverside", (power,))])
    made = office.post(first, "/appointments", friend | {"powers": ["read-cases"]})
    assert made.status_code == 201, made.text
    put = "update appointment_act set powers = array[%s] where id = %s returning 1"
    assert office.sql(put, power.value, made.json()["id"]) == [(1,)]
    late = office.post(second, f"/appointments/{made.json()['id']}/approval")
    assert (late.status_code, slug(late)) == (409, "beyond-the-agency")


def test_an_ended_appointment_gives_no_power_any_more(office: OfficeOfTests) -> None:
    first, second = (office.officer("mines-north", *BOTH) for _ in range(2))
    told = office.post(first, "/appointments", wanted("staff:leaver")).json()
    office.post(second, f"/appointments/{told['id']}/approval")
    case = play(office).decided_up_to("screening")
    ended = office.post(first, f"/appointments/{told['id']}/end")
    assert ended.json()["status"] == "ended"
    who = office.officer("mines-north", sub="leaver")
    assert case.post(who, "screening", "decision", {"outcome": "approved"}).status_code == 403
    assert slug(office.post(first, f"/appointments/{told['id']}/end")) == "not-live"
    copy = AppointmentActivities(office.works, None).load_appointment(
        CaseRef(subject=UUID(told["id"]))
    )
    assert copy.ended


def approved(office: OfficeOfTests, person: str, **more: Any) -> str:
    """An appointment of two people's making; gives its id."""
    first, second = (office.officer("mines-north", *BOTH) for _ in range(2))
    told = office.post(first, "/appointments", wanted(person) | more).json()
    assert office.post(second, f"/appointments/{told['id']}/approval").status_code == 200
    return str(told["id"])


def end_by_date(office: OfficeOfTests, appointment: str) -> None:
    """As if its whole time lay ten days back: its end has come, and nobody did anything."""
    for table in ("appointment_act", "appointment"):
        office.sql(
            f"update {table} set since = since - interval '10 days',"
            " until = until - interval '10 days' where id = %s",
            appointment,
        )


def in_days(office: OfficeOfTests, days: int) -> str:
    return (office.now() + timedelta(days=days)).isoformat()


def test_powers_end_at_the_dated_end_without_anybody_doing_anything(
    office: OfficeOfTests,
) -> None:
    dated = approved(office, "staff:dated", until=in_days(office, 5))
    cases = [play(office).decided_up_to("screening") for _ in range(2)]
    who = office.officer("mines-north", sub="dated")
    answer = {"outcome": "approved"}
    assert cases[0].post(who, "screening", "decision", answer).status_code == 200
    end_by_date(office, dated)
    assert cases[1].post(who, "screening", "decision", answer).status_code == 403


@pytest.mark.parametrize(
    ("days", "told"), [(5, [("leaves", "twice", "/agencies/mines/mines-north")]), (50, [])]
)
def test_an_account_stays_at_an_office_only_while_another_appointment_there_holds(
    office: OfficeOfTests, days: int, told: list[tuple[str, str, str]]
) -> None:
    office.sql("update appointment_act set status = 'rejected' where person = 'staff:twice'")
    ended = approved(office, "staff:twice")
    end_by_date(office, approved(office, "staff:twice", until=in_days(office, days)))
    office.post(office.officer("mines-north", *BOTH), f"/appointments/{ended}/end")
    accounts = AccountsOfTests()
    doing = AppointmentActivities(office.works, accounts)
    doing.apply_appointment(doing.load_appointment(CaseRef(subject=UUID(ended))))
    assert accounts.told == told


def test_the_operator_seeds_again_what_has_come_to_its_dated_end(office: OfficeOfTests) -> None:
    end_by_date(office, approved(office, "staff:seeded-late", until=in_days(office, 5)))
    seed = Seed("staff:seeded-late", "mines-north", (Power.READ_CASES,))
    with office.works.open(operator()) as work:
        assert seed_appointments(work, office.desk, [seed]) == 1


def test_live_and_lately_ended_appointments_are_looked_after(office: OfficeOfTests) -> None:
    first, second = (office.officer("mines-north", *BOTH) for _ in range(2))
    names = ("staff:kept", "staff:gone", "staff:long-gone", "staff:only-proposed")
    ids = [office.post(first, "/appointments", wanted(name)).json()["id"] for name in names]
    for one in ids[:3]:
        office.post(second, f"/appointments/{one}/approval")
    for one in ids[1:3]:
        office.post(first, f"/appointments/{one}/end")
    office.sql(
        "update appointment_act set since = since - interval '9 days', until = until - interval"
        " '8 days', ended_at = ended_at - interval '8 days' where id = %s", ids[2],
    )
    doing = AppointmentActivities(office.works, None)
    listed = [str(one) for one in doing.open_appointments(p.PageRef()).appointments]
    assert [one in listed for one in ids] == [True, True, False, False]
    page = doing.open_appointments(p.PageRef(limit=1))
    assert page.next == str(page.appointments[0])
    doing.revive_appointment(CaseRef(subject=UUID(ids[1])))
    told = office.sql("select event from outbox where subject = %s order by id", ids[1])
    assert [row[0]["name"] for row in told][-2:] == ["appointment.ended"] * 2


def test_nobody_proposes_oneself_or_for_another_office(office: OfficeOfTests) -> None:
    who = office.officer("mines-north", *BOTH, sub="climber")
    own = office.post(who, "/appointments", wanted("staff:climber"))
    assert slug(own) == "second-person-needed"
    other = office.post(who, "/appointments", wanted("staff:friend", "mines-south"))
    assert other.status_code == 403
    officer = office.officer("mines-north", Power.DECIDE_STEP)
    assert office.post(officer, "/appointments", wanted("staff:friend")).status_code == 403


def test_approving_wants_a_fresh_second_factor(office: OfficeOfTests) -> None:
    first = office.officer("mines-north", *BOTH)
    told = office.post(first, "/appointments", wanted("staff:x")).json()
    weak = office.officer("mines-north", *BOTH, acr="1")
    done = office.post(weak, f"/appointments/{told['id']}/approval")
    assert slug(done) == "step-up-needed"


def test_a_rejected_proposal_is_told_to_nobody(office: OfficeOfTests) -> None:
    first = office.officer("mines-north", *BOTH)
    told = office.post(first, "/appointments", wanted("staff:y")).json()
    done = office.post(first, f"/appointments/{told['id']}/end")
    assert done.json()["status"] == "rejected"
    assert office.sql("select 1 from outbox where subject = %s", told["id"]) == []


def test_administrators_see_their_own_offices(office: OfficeOfTests) -> None:
    north, south = (office.officer(name, *BOTH) for name in ("mines-north", "mines-south"))
    told = office.post(north, "/appointments", wanted("staff:z")).json()
    listed = office.get(north, "/appointments?limit=200").json()["appointments"]
    assert told["id"] in {one["id"] for one in listed}
    seen = office.get(south, "/appointments?limit=200").json()["appointments"]
    assert told["id"] not in {one["id"] for one in seen}
    assert office.get(south, "/appointments?office=mines-north").status_code == 403
    page = office.get(north, "/appointments?limit=1").json()
    assert page["next"]
    after = office.get(north, f"/appointments?limit=1&after={page['next']}").json()
    assert after["appointments"][0]["id"] != page["appointments"][0]["id"]


def operator() -> Actor:
    return Actor(kind=ActorKind.OPERATOR, person="operator:installer")


def test_the_operator_seeds_the_first_appointments_once(office: OfficeOfTests) -> None:
    seen = FactorSeen("staff:first-admin", frozenset({"otp"}))
    seeds = [Seed("staff:first-admin", "mines-east", BOTH, seen)]
    with office.works.open(operator()) as work:
        assert seed_appointments(work, office.desk, seeds) == 1
    with office.works.open(operator()) as work:
        assert seed_appointments(work, office.desk, seeds) == 0
    rows = office.sql(
        "select a.id, j.log_index is not null from appointment_act a join journal j"
        " on j.case_id = a.id where a.person = 'staff:first-admin'"
    )
    assert len(rows) == 1
    assert rows[0][1] is True
    who = office.officer("mines-east", sub="first-admin")
    assert office.post(who, "/appointments", wanted("staff:q", "mines-east")).status_code == 201


def test_nobody_else_seeds_appointments(office: OfficeOfTests) -> None:
    officer = Actor(kind=ActorKind.OFFICER, person="staff:a", realm=Realm.STAFF)
    with pytest.raises(NotAllowed), office.works.open(officer) as work:
        seed_appointments(work, office.desk, [Seed("staff:a", "mines-east", BOTH)])


def test_a_new_holiday_retimes_open_steps(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    before = case.step("screening")["due_at"]
    first, second = (office.officer("mines-north", *CALENDAR) for _ in range(2))
    calendar = office.desk.law.calendar(office.desk.law.country.newest, "mines-north")
    day = calendar.local(before).date()
    while not calendar.works_on(day):
        day -= timedelta(days=1)
    entry = {"kind": "holiday", "reason": "Funeral of state", "day": day.isoformat()}
    made = office.post(first, "/calendar", entry)
    assert made.status_code == 201, made.text
    path = f"/calendar/{made.json()['id']}/approval"
    assert slug(office.post(first, path)) == "second-person-needed"
    done = office.post(second, path)
    assert done.status_code == 200, done.text
    assert done.json()["retimed"] >= 1
    after = case.step("screening")["due_at"]
    assert after > before
    case.go_on()
    assert case.state.steps["screening"].due_at == after
    assert slug(office.post(second, path)) == "calendar-change-settled"
    assert office.get(second, "/calendar").json()["entries"]


def test_a_new_holiday_moves_what_is_to_be_paid_and_its_invoice_hears_of_it(
    office: OfficeOfTests,
) -> None:
    case = play(office, pays=False).go_on()
    before = case.step("application-fee")["due_at"]
    calendar = office.desk.law.calendar(office.desk.law.country.newest, "mines-north")
    day = calendar.local(before).date()
    entry = {"kind": "holiday", "reason": "Funeral of state", "day": day.isoformat()}
    first, second = (office.officer("mines-north", *CALENDAR) for _ in range(2))
    made = office.post(first, "/calendar", entry)
    assert office.post(second, f"/calendar/{made.json()['id']}/approval").status_code == 200
    after = case.step("application-fee")["due_at"]
    assert after > before
    case.go_on()
    (asked,) = [one for one in case.heard if one.operation is Operation.RETIME_INVOICE]
    assert datetime.fromisoformat(asked.args["due_at"]) == after
    assert case.state.steps["application-fee"].due_at == after


def test_a_change_that_is_not_complete_is_refused(office: OfficeOfTests) -> None:
    who = office.officer("mines-north", *CALENDAR)
    for entry in (
        {"kind": "holiday", "reason": "x"},
        {"kind": "outage", "reason": "x", "begins": "2026-01-01T00:00:00Z"},
        {"kind": "suspension", "reason": "x", "day": "2026-01-01"},
    ):
        done = office.post(who, "/calendar", entry)
        assert (done.status_code, slug(done)) == (422, "change-not-complete")
    reader = office.officer("mines-north", Power.READ_CASES)
    assert office.post(reader, "/calendar", {"kind": "holiday", "reason": "x"}).status_code == 403
