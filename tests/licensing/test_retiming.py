"""What a change of the calendar moves beside steps: replies, papers, and the conditional place."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from licensing_office import NEEDED, OfficeOfTests
from played_case import PlayedCase, move_clock, play

from contracts.command_args import RequestDue
from kernel.authority import Power
from kernel.commands import Operation

WELL_AFTER = timedelta(days=40)  # longer than any span of time that a test here lets clocks stand
KEEPERS = (Power.PROPOSE_CALENDAR, Power.APPROVE_CALENDAR)
GRACE = timedelta(seconds=30)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _past_what_stood_still_before(office: OfficeOfTests) -> None:
    """The calendar is one for all tests here: each begins when the one before it is over."""
    move_clock(office, office.now() + WELL_AFTER)


def in_force(office: OfficeOfTests, **entry: Any) -> dict[str, Any]:
    """A change of the calendar, proposed by one and approved by another."""
    first, second = (office.officer("mines-north", *KEEPERS) for _ in range(2))
    made = office.post(first, "/calendar", {"reason": "Funeral of state", **entry})
    assert made.status_code == 201, made.text
    done = office.post(second, f"/calendar/{made.json()['id']}/approval")
    assert done.status_code == 200, done.text
    return dict(done.json())


def working_day(office: OfficeOfTests, before: datetime) -> str:
    """The working day on which something ends, or the last one before it."""
    calendar = office.desk.law.calendar(office.desk.law.country.newest, "mines-north")
    day = calendar.local(before).date()
    while not calendar.works_on(day):
        day -= timedelta(days=1)
    return day.isoformat()


def paper_due(case: PlayedCase) -> datetime:
    row = "select due_at from paper where application_id = %s and kind = 'landholder-consent'"
    due: datetime = case.office.sql(row, case.id)[0][0]
    return due


def reply_due(case: PlayedCase) -> datetime | None:
    row = "select reply_due_at from information_request where application_id = %s"
    due: datetime | None = case.office.sql(row, case.id)[0][0]
    return due


def asked(office: OfficeOfTests) -> PlayedCase:
    return ask(play(office).decided_up_to("screening"))


def ask(case: PlayedCase, days: int = 3) -> PlayedCase:
    body = {"reason": "other", "question": "Why?", "reply_days": days}
    assert case.post(case.officer("screening"), "screening", "request", body).status_code == 200
    return case.go_on()


def on_condition(office: OfficeOfTests) -> PlayedCase:
    """A case whose place counts only when its application fee is paid; it is not paid yet."""
    case = play(office, pays=False).go_on()
    office.sql(
        "update application set conditional = true,"
        " pay_by = (select due_at from step where application_id = %s),"
        " plan = jsonb_set(plan, '{steps,0,conditional}', 'true') where id = %s",
        case.id,
        case.id,
    )
    return case


def test_a_paper_is_due_later_and_its_lapse_waits_for_the_new_instant(
    office: OfficeOfTests,
) -> None:
    case = play(office, papers=(*NEEDED, "site-photograph")).go_on()
    before = paper_due(case)
    in_force(office, kind="holiday", day=working_day(office, before))
    after = paper_due(case)
    assert after > before
    case.go_on()
    told = case.fact("paper.retimed")[4]
    assert datetime.fromisoformat(told["due_at"]) == after
    assert case.state.papers["landholder-consent"].due_at == after
    move_clock(office, before + GRACE)
    case.go_on()
    assert "paper.lapsed" not in case.facts()
    move_clock(office, after + GRACE)
    case.go_on()
    assert case.fact("paper.lapsed")[3] == after


def test_a_reply_is_due_later_by_a_moratorium_and_the_request_lapses_then(
    office: OfficeOfTests,
) -> None:
    case = asked(office)
    before = reply_due(case)
    assert before is not None
    span = {"begins": office.now().isoformat(), "ends": before.isoformat()}
    in_force(office, kind="suspension", **span)
    after = reply_due(case)
    assert after is not None
    assert after >= before + timedelta(days=3) - HOUR
    case.go_on()
    told = case.fact("information.retimed")[4]
    assert datetime.fromisoformat(told["reply_due_at"]) == after
    move_clock(office, before + GRACE)
    case.go_on()
    assert "information.lapsed" not in case.facts()
    move_clock(office, after + GRACE)
    case.go_on()
    assert case.fact("information.lapsed")[3] == after
    (lapse,) = (one for one in case.heard if one.operation is Operation.LAPSE_REQUEST)
    assert RequestDue.model_validate(lapse.args).due_at == after


def test_a_moratorium_without_an_end_stops_the_applicants_times_until_its_end_is_known(
    office: OfficeOfTests,
) -> None:
    case = asked(office)
    begins = office.now().isoformat()
    in_force(office, kind="suspension", begins=begins)
    assert reply_due(case) is None
    case.go_on()
    other = play(office).go_on()
    assert case.state.steps["screening"].requests[0].ask_at is None
    ends = office.now() + timedelta(days=10)
    in_force(office, kind="suspension", begins=begins, ends=ends.isoformat())
    case.go_on()
    known = reply_due(case)
    assert known is not None
    assert known > ends
    assert case.state.steps["screening"].requests[0].reply_due_at == known
    screening = other.go_on().step("screening")["due_at"]
    assert screening > ends


def test_what_was_asked_during_a_moratorium_without_an_end_has_no_day_yet(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("screening")
    begins = office.now().isoformat()
    in_force(office, kind="suspension", begins=begins)
    ask(case)
    assert reply_due(case) is None
    assert case.fact("information.requested")[4]["reply_due_at"] is None
    in_force(office, kind="suspension", begins=begins, ends=office.now().isoformat())
    assert reply_due(case) is not None


def test_who_was_told_a_day_is_never_given_less(office: OfficeOfTests) -> None:
    case = asked(office)
    begins = office.now()
    longer, shorter = (begins + timedelta(days=days) for days in (6, 1))
    in_force(office, kind="suspension", begins=begins.isoformat(), ends=longer.isoformat())
    told = reply_due(case)
    in_force(office, kind="suspension", begins=begins.isoformat(), ends=shorter.isoformat())
    assert reply_due(case) == told


def test_an_answer_is_still_awaited_when_a_step_escalates_into_a_moratorium_without_an_end(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("environment-opinion")
    due = case.step("environment-opinion")["due_at"]
    begins = due + timedelta(days=1)
    in_force(office, kind="suspension", begins=begins.isoformat())
    case.go_on()
    assert case.step("environment-opinion")["due_at"] == due
    move_clock(office, due + GRACE)
    case.go_on()
    lapses = [row[4] for row in office.journal(case.id) if row[1] == "step.lapsed"]
    (lapsed,) = (one for one in lapses if one["step"] == "environment-opinion")
    assert (lapsed["effect"], lapsed["new_due_at"]) == ("escalated", None)
    assert "notices" not in lapsed
    at = case.state.steps["environment-opinion"]
    assert (at.status.value, at.due_at, at.ask_at) == ("open", None, None)
    assert case.step("environment-opinion")["due_at"] is None
    case.decided_up_to("environment-opinion")
    assert "decision" not in case.state.open_steps
    ends = begins + timedelta(days=3)
    in_force(office, kind="suspension", begins=begins.isoformat(), ends=ends.isoformat())
    case.go_on()
    again = [row[4] for row in office.journal(case.id) if row[1] == "step.retimed"]
    (told,) = (one for one in again if one["step"] == "environment-opinion")
    assert case.state.steps["environment-opinion"].due_at == datetime.fromisoformat(told["due_at"])
    kinds = {notice["kind"] for notice in told["notices"]}
    assert "step-opened" in kinds or "office-step-opened" in kinds
    case.decided_up_to("decision")
    assert "decision" in case.state.open_steps


def test_a_fee_stands_still_with_its_invoice_until_the_end_is_known(office: OfficeOfTests) -> None:
    case = play(office, pays=False).go_on()
    due = case.step("application-fee")["due_at"]
    begins = office.now()
    in_force(office, kind="suspension", begins=begins.isoformat())
    case.go_on()
    assert case.step("application-fee")["due_at"] is None
    (still,) = (one for one in case.heard if one.operation is Operation.RETIME_INVOICE)
    assert still.args["due_at"] is None
    move_clock(office, due + timedelta(days=3))
    ends = office.now() + timedelta(days=1)
    in_force(office, kind="suspension", begins=begins.isoformat(), ends=ends.isoformat())
    case.go_on()
    known = case.step("application-fee")["due_at"]
    assert known > ends
    *_, again = (one for one in case.heard if one.operation is Operation.RETIME_INVOICE)
    assert datetime.fromisoformat(again.args["due_at"]) == known
    assert case.state.closed is None


def test_a_refusal_under_a_moratorium_names_no_day_that_nobody_knows(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    begins = office.now()
    in_force(office, kind="suspension", begins=begins.isoformat())
    no = {"outcome": "refused", "reasons": "The papers are forged"}
    done = case.post(case.officer("screening"), "screening", "decision", no)
    assert (done.status_code, done.json()["decision"]["served_at"]) == (200, None)
    case.go_on()
    (told,) = case.fact("case.closed")[4]["notices"]
    assert (told["kind"], told["params"]["until"]) == ("application-refused", "text:day.open")
    ends = office.now() + timedelta(days=1)
    in_force(office, kind="suspension", begins=begins.isoformat(), ends=ends.isoformat())


def test_a_conditional_place_waits_while_all_clocks_stand_still(office: OfficeOfTests) -> None:
    case = on_condition(office)
    begins = office.now()
    in_force(office, kind="suspension", begins=begins.isoformat())
    wanted = "select pay_by from application where id = %s"
    assert office.sql(wanted, case.id) == [(None,)]
    ends = begins + timedelta(days=2)
    in_force(office, kind="suspension", begins=begins.isoformat(), ends=ends.isoformat())
    assert office.sql(wanted, case.id) == [(case.step("application-fee")["due_at"],)]


def test_a_conditional_place_has_the_longer_time_to_be_paid(office: OfficeOfTests) -> None:
    case = on_condition(office)
    now = office.now()
    span = {"begins": now.isoformat(), "ends": (now + timedelta(days=1)).isoformat()}
    in_force(office, kind="suspension", **span)
    pay_by = office.sql("select pay_by from application where id = %s", case.id)[0][0]
    assert pay_by == case.step("application-fee")["due_at"]
    assert case.fact("step.retimed")[4]["step"] == "application-fee"
