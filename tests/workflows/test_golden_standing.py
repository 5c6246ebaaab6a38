"""Pinned like the other golden cases: papers that come later, and clocks that stand still."""

from tests.workflows.diary import Diary
from tests.workflows.plans import PAPERS_LATER, USUAL
from tests.workflows.test_golden import lines
from workflows.engine.played import PROMPT


def test_a_paper_that_is_late_costs_the_place_and_one_that_is_missing_stops_the_issuance() -> None:
    case = Diary(PAPERS_LATER, missing=("tax-clearance", "constitution", "photograph"))
    case.until("2026-03-10T10:00:00+00:00").deliver("constitution")
    case.decide("screening")
    case.until("2026-03-20T10:00:00+00:00").deliver("photograph")
    case.until("2026-03-21T10:00:00+00:00").deliver("tax-clearance")
    assert case.text == lines("""
        03-02 11:00:00 case:0:enter_area:1
        03-02 11:00:00 screening:1:open_step:1
        03-02 11:00:00 wakes 03-05 11:00:00
        03-05 11:00:00 tax-clearance:0:warn_paper:1
        03-05 11:00:00 wakes 03-09 11:00:30
        03-09 11:00:30 tax-clearance:0:lapse_paper:1 at 03-09 11:00:00
        03-09 11:00:30 case:0:enter_area:2
        03-09 11:00:30 wakes 03-11 11:00:00
        03-10 10:00:00 wakes 03-23 11:00:30
        03-10 10:00:00 case:1:begin_issuance:1
        03-10 10:00:00 wakes never
        03-20 10:00:00 case:1:begin_issuance:1
        03-21 10:00:00 case:1:begin_issuance:1
        03-21 10:00:00 case:0:close_case:1
    """)
    assert case.state.closed == "granted"


def test_a_paper_that_does_not_come_may_end_the_application() -> None:
    case = Diary(PAPERS_LATER, missing=("constitution",))
    case.to_the_end()
    assert case.text == lines("""
        03-02 11:00:00 case:0:enter_area:1
        03-02 11:00:00 screening:1:open_step:1
        03-02 11:00:00 wakes 03-11 11:00:00
        03-11 11:00:00 constitution:0:warn_paper:1
        03-11 11:00:00 wakes 03-16 11:00:30
        03-16 11:00:30 constitution:0:lapse_paper:1 at 03-16 11:00:00
        03-16 11:00:30 case:0:release_area:1 at 03-16 11:00:00
        03-16 11:00:30 case:0:close_case:1 at 03-16 11:00:00
        03-16 11:00:30 wakes never
    """)
    assert case.commands[-1].args == {"status": "lapsed", "reason": "paper:constitution"}


def test_a_step_that_escalates_into_a_moratorium_without_an_end_still_awaits_its_answer() -> None:
    case = Diary(USUAL).until("2026-03-04T09:00:00+00:00")
    case.decide("screening")
    case.until("2026-03-17T09:00:00+00:00").stand_still("2026-03-19T00:00:00+00:00")
    case.until("2026-04-20T00:00:00+00:00")
    assert case.text == lines("""
        03-02 11:00:00 case:0:enter_area:1
        03-02 11:00:00 screening:1:open_step:1
        03-02 11:00:00 wakes 03-09 11:00:30
        03-04 09:00:00 environment:1:open_step:1
        03-04 09:00:00 council:1:open_step:1
        03-04 09:00:00 wakes 03-16 09:00:00
        03-16 09:00:00 environment:1:warn_step:1
        03-16 09:00:00 wakes 03-18 09:00:30
        03-18 09:00:30 environment:1:lapse_step:1 at 03-18 09:00:00
        03-18 09:00:30 wakes never
    """)
    assert case.open == {"environment", "council"}
    assert case.state.steps["environment"].office == "environment-head"
    case.run_again()
    case.until("2026-04-26T12:00:00+00:00")
    case.decide("environment")
    assert case.lines[10:] == [
        "04-20 00:00:00 wakes 04-24 09:00:00",
        "04-24 09:00:00 environment:1:warn_step:3",
        "04-24 09:00:00 wakes 04-26 09:00:30",
        "04-26 09:00:30 environment:1:lapse_step:3 at 04-26 09:00:00",
        "04-26 09:00:30 council:1:lapse_step:3 at 04-26 09:00:00",
        "04-26 09:00:30 wakes 04-30 00:00:00",
        "04-26 12:00:00 decision:1:open_step:1",
        "04-26 12:00:00 wakes 05-11 00:00:30",
    ]


def test_a_fee_stands_still_with_its_invoice_and_both_run_again() -> None:
    practice = {step.id: PROMPT for step in USUAL.steps if step.id != "grant-fee"}
    case = Diary(USUAL, practice=practice)
    case.until("2026-03-04T11:00:00+00:00").stand_still("2026-03-05T00:00:00+00:00")
    case.until("2026-06-01T00:00:00+00:00")
    assert case.state.closed is None
    case.run_again()
    case.to_the_end()
    assert case.lines[-4:] == [
        "03-04 11:00:00 grant-fee:1:retime_invoice:1",
        "06-01 00:00:00 grant-fee:1:retime_invoice:2",
        "06-26 23:00:30 case:0:release_area:1 at 06-26 23:00:00",
        "06-26 23:00:30 case:0:close_case:1 at 06-26 23:00:00",
    ]
    told = [one.args["due_at"] for one in case.commands if one.operation == "retime_invoice"]
    assert told == [None, "2026-06-26T23:00:00+00:00"]


def test_an_application_withdrawn_while_all_clocks_stand_still_gives_everything_back() -> None:
    practice = {step.id: PROMPT for step in USUAL.steps if step.id != "grant-fee"}
    case = Diary(USUAL, practice=practice)
    case.until("2026-03-04T11:00:00+00:00").stand_still("2026-03-05T00:00:00+00:00")
    case.withdraw()
    assert case.lines[-3:] == [
        "03-04 11:00:00 grant-fee:1:void_invoice:1",
        "03-04 11:00:00 case:0:release_area:1",
        "03-04 11:00:00 case:0:close_case:1",
    ]
    assert case.state.settled
