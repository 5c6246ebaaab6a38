"""What replaying histories cannot see: every command with its instant, and every wake, pinned."""

from datetime import timedelta

from kernel.law.plan import GroundRule, OnRefusal, SilenceRule, StepKind
from tests.workflows.diary import Diary
from tests.workflows.plans import PAID_FIRST, USUAL, days, fee, plan, question, silence
from workflows.engine.played import PROMPT, Practice


def lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def test_a_silent_agency_is_warned_and_escalated_and_a_silent_council_is_deemed_to_approve() -> (
    None
):
    case = Diary(USUAL)
    case.until("2026-03-04T09:00:00+00:00").decide("screening")
    case.until("2026-03-19T10:00:00+00:00").decide("environment")
    case.until("2026-03-26T10:00:00+00:00").decide("decision")
    case.until("2026-03-27T10:00:00+00:00").pay("grant-fee")
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
        03-18 09:00:30 wakes 03-23 09:00:00
        03-19 10:00:00 wakes 03-25 09:00:30
        03-25 09:00:30 council:1:lapse_step:1 at 03-25 09:00:00
        03-25 09:00:30 decision:1:open_step:1 at 03-25 09:00:00
        03-25 09:00:30 wakes 04-08 09:00:30
        03-26 10:00:00 grant-fee:1:open_step:1
        03-26 10:00:00 grant-fee:1:raise_invoice:1
        03-26 10:00:00 wakes never
        03-27 10:00:00 case:1:begin_issuance:1
        03-27 10:00:00 case:0:close_case:1
    """)
    assert case.state.closed == "granted"
    assert case.state.settled


def test_a_step_that_was_escalated_is_with_the_office_that_took_over() -> None:
    case = Diary(USUAL, practice={"screening": PROMPT}).until("2026-03-17T12:00:00+00:00")
    assert case.state.steps["environment"].office == "environment-head"
    assert case.open == {"environment", "council"}


def test_the_time_of_an_information_request_runs_out_and_the_clock_runs_on() -> None:
    case = Diary(USUAL).until("2026-03-03T11:00:00+00:00")
    case.request("screening", timedelta(days=2))
    case.until("2026-03-11T12:00:00+00:00")
    assert case.text == lines("""
        03-02 11:00:00 case:0:enter_area:1
        03-02 11:00:00 screening:1:open_step:1
        03-02 11:00:00 wakes 03-09 11:00:30
        03-03 11:00:00 wakes 03-05 11:00:30
        03-05 11:00:30 screening:1:lapse_request:1 at 03-05 11:00:00
        03-05 11:00:30 wakes 03-11 11:01:00
        03-11 11:01:00 screening:1:lapse_step:2 at 03-11 11:00:30
        03-11 11:01:00 wakes 03-18 11:01:00
    """)


def test_information_given_in_time_resumes_the_clock_at_the_instant_licensing_reckoned() -> None:
    case = Diary(USUAL).until("2026-03-03T11:00:00+00:00")
    case.request("screening", timedelta(days=2))
    assert case.state.steps["screening"].status == "stopped"
    case.until("2026-03-04T11:00:00+00:00").give("screening")
    assert case.lines[-1] == "03-04 11:00:00 wakes 03-10 11:00:30"
    case.until("2026-03-06T11:00:00+00:00")
    assert not any("lapse" in line for line in case.lines)


def test_a_paid_place_is_confirmed_and_its_area_loses_its_condition() -> None:
    case = Diary(PAID_FIRST).until("2026-03-02T11:20:00+00:00")
    assert case.state.conditional
    case.pay("filing-fee")
    assert case.text == lines("""
        03-02 11:00:00 case:0:enter_area:1
        03-02 11:00:00 filing-fee:1:open_step:1
        03-02 11:00:00 filing-fee:1:raise_invoice:1
        03-02 11:20:00 case:0:confirm_receipt:1
        03-02 11:20:00 case:0:enter_area:2
        03-02 11:20:00 screening:1:open_step:1
        03-02 11:20:00 wakes 03-16 11:20:30
    """)
    assert [c.args["conditional"] for c in case.commands if c.operation == "enter_area"] == [
        True,
        False,
    ]


def test_an_unpaid_place_never_counted() -> None:
    case = Diary(PAID_FIRST).to_the_end()
    assert case.text == lines("""
        03-02 11:00:00 case:0:enter_area:1
        03-02 11:00:00 filing-fee:1:open_step:1
        03-02 11:00:00 filing-fee:1:raise_invoice:1
        03-02 12:00:30 case:0:release_area:1 at 03-02 12:00:00
        03-02 12:00:30 case:0:close_case:1 at 03-02 12:00:00
    """)
    assert case.state.closed == "void"


def test_a_grant_fee_that_is_not_paid_lets_the_application_lapse() -> None:
    practice = {step.id: PROMPT for step in USUAL.steps if step.id != "grant-fee"}
    case = Diary(USUAL, practice=practice).to_the_end()
    assert case.state.closed == "lapsed"
    assert case.lines[-2:] == [
        "03-30 23:00:30 case:0:release_area:1 at 03-30 23:00:00",
        "03-30 23:00:30 case:0:close_case:1 at 03-30 23:00:00",
    ]


def test_a_refused_opinion_is_noted_or_refuses_the_application_as_the_plan_says() -> None:
    case = Diary(USUAL, practice={"screening": PROMPT}).until("2026-03-03T11:00:00+00:00")
    case.decide("council", "refused")
    assert case.state.closed is None
    case.decide("environment", "refused")
    assert case.lines[-3:] == [
        "03-03 11:00:00 case:0:release_area:1",
        "03-03 11:00:00 case:0:close_case:1",
        "03-03 11:00:00 wakes never",
    ]
    assert case.commands[-1].args == {"status": "refused", "reason": "step:environment"}


def test_a_decision_refuses_whatever_the_plan_says_of_opinions() -> None:
    one = question("decision", kind=StepKind.DECISION, on_refusal=OnRefusal.NOTE)
    case = Diary(plan(one))
    case.decide("decision", "refused")
    assert case.state.closed == "refused"


def test_a_withdrawn_application_gives_back_its_invoice_and_its_area() -> None:
    practice = dict.fromkeys(("screening", "environment", "council", "decision"), PROMPT)
    case = Diary(USUAL, practice=practice).until("2026-03-04T11:00:00+00:00")
    case.withdraw()
    assert case.lines[-3:] == [
        "03-04 11:00:00 grant-fee:1:void_invoice:1",
        "03-04 11:00:00 case:0:release_area:1",
        "03-04 11:00:00 case:0:close_case:1",
    ]
    assert case.state.steps["grant-fee"].status == "skipped"
    assert case.state.settled


def test_an_issuance_that_was_returned_asks_the_decision_again_and_no_fee_twice() -> None:
    practice = {step.id: PROMPT for step in USUAL.steps}
    case = Diary(USUAL, practice=practice, refuse_grants=1).to_the_end()
    assert [line for line in case.lines if "wakes" not in line][-4:] == [
        "03-03 03:00:00 case:1:begin_issuance:1",
        "03-03 03:00:00 decision:2:open_step:1",
        "03-03 07:00:00 case:2:begin_issuance:1",
        "03-03 07:00:00 case:0:close_case:1",
    ]
    assert case.state.closed == "granted"
    assert case.asked.count("grant-fee:1:raise_invoice:1") == 1


def test_a_second_silence_after_escalation_refuses_when_the_plan_says_so() -> None:
    quiet = silence(SilenceRule.ESCALATE, "head", days(3), SilenceRule.DEEMED_REFUSED)
    case = Diary(plan(question("screening", allowed=days(5), quiet=quiet))).to_the_end()
    assert case.text == lines("""
        03-02 11:00:00 case:0:enter_area:1
        03-02 11:00:00 screening:1:open_step:1
        03-02 11:00:00 wakes 03-09 11:00:30
        03-09 11:00:30 screening:1:lapse_step:1 at 03-09 11:00:00
        03-09 11:00:30 wakes 03-12 11:00:30
        03-12 11:00:30 screening:1:lapse_step:2 at 03-12 11:00:00
        03-12 11:00:30 case:0:release_area:1 at 03-12 11:00:00
        03-12 11:00:30 case:0:close_case:1 at 03-12 11:00:00
        03-12 11:00:30 wakes never
    """)


def test_silence_may_return_the_application() -> None:
    case = Diary(plan(question("screening", quiet=silence(SilenceRule.RETURN)))).to_the_end()
    assert case.commands[-1].args == {"status": "lapsed", "reason": "step:screening"}


def test_a_plan_without_ground_enters_and_releases_none() -> None:
    card = plan(fee("card-fee"), ground=GroundRule.NONE)
    case = Diary(card, practice={"card-fee": Practice(timedelta(minutes=5))}).to_the_end()
    assert case.asked == [
        "card-fee:1:open_step:1",
        "card-fee:1:raise_invoice:1",
        "case:1:begin_issuance:1",
        "case:0:close_case:1",
    ]
