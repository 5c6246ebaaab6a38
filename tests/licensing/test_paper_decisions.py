"""Decisions signed on paper: one person types them in, another confirms them against the scan."""

from datetime import timedelta
from typing import Any

import pytest
from licensing_office import JPEG, OfficeOfTests
from played_case import PlayedCase, play

from kernel.authority import Power

PAPER = {"signatory": "regional-director", "signed_on": "2026-01-05"}


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rsplit(":", 1)[-1]


def scan(case: PlayedCase, who: dict[str, str], content: bytes = JPEG) -> str:
    path = f"/v1/applications/{case.code}/steps/decision/scan"
    headers = {**who, "Content-Type": "image/jpeg"}
    put = case.office.client.put(path, content=content, headers=headers)
    assert put.status_code == 200, put.text
    return str(put.json()["scan"])


def approval(case: PlayedCase, clerk: dict[str, str]) -> dict[str, str]:
    """The director's approval, signed today and scanned by the clerk."""
    signed_on = case.office.today().isoformat()
    return {**PAPER, "outcome": "approved", "signed_on": signed_on, "scan": scan(case, clerk)}


def test_a_paper_decision_takes_a_second_person(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("decision")
    powers = (
        Power.READ_CASES,
        Power.RECORD_PAPER_DECISION,
        Power.CONFIRM_PAPER_DECISION,
    )
    clerk, second = (office.officer("mines-north", *powers) for _ in range(2))
    made = {
        "outcome": "approved",
        "signatory": "regional-director",
        "signed_on": office.today().isoformat(),
        "scan": "0" * 64,
    }
    assert slug(case.post(clerk, "decision", "paper-decision", made)) == "scan-missing"
    made["scan"] = scan(case, clerk)
    other = {**made, "signatory": "minister"}
    assert slug(case.post(clerk, "decision", "paper-decision", other)) == "not-from-paper"
    done = case.post(clerk, "decision", "paper-decision", made)
    assert done.status_code == 200, done.text
    assert case.step("decision")["status"] == "open"
    confirm = {"paper": done.json()["paper"]["id"]}
    own = case.post(clerk, "decision", "paper-confirmation", confirm)
    assert (own.status_code, slug(own)) == (403, "second-person-needed")
    ok = case.post(second, "decision", "paper-confirmation", confirm)
    assert ok.status_code == 200, ok.text
    assert ok.json()["decision"]["form"] == "paper"
    _, _, at, legal_at, payload, _ = case.fact("step.decided")
    assert legal_at < at
    assert payload["signatory"] == "regional-director"
    rows = office.sql(
        "select person <> recorded_by, scan from decision where application_id = %s"
        " and step = 'decision'",
        case.id,
    )
    assert rows == [(True, made["scan"])]


def test_a_paper_that_does_not_say_so_is_rejected_and_another_may_come(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("decision")
    clerk = office.officer("mines-north", Power.RECORD_PAPER_DECISION)
    second = office.officer("mines-north", Power.CONFIRM_PAPER_DECISION)
    made = approval(case, clerk)
    done = case.post(clerk, "decision", "paper-decision", made)
    assert slug(case.post(clerk, "decision", "paper-decision", made)) == "paper-waits"
    no = {"paper": done.json()["paper"]["id"], "confirmed": False}
    assert case.post(second, "decision", "paper-confirmation", no).status_code == 200
    assert case.step("decision")["status"] == "open"
    assert case.post(clerk, "decision", "paper-decision", made).status_code == 200


def test_a_paper_signed_tomorrow_is_not_recorded(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("decision")
    clerk = office.officer("mines-north", Power.RECORD_PAPER_DECISION)
    made = {
        "outcome": "approved",
        "signatory": "regional-director",
        "signed_on": (office.now() + timedelta(days=2)).date().isoformat(),
        "scan": scan(case, clerk),
    }
    done = case.post(clerk, "decision", "paper-decision", made)
    assert (done.status_code, slug(done)) == (409, "paper-dates")


def test_a_paper_recorded_in_time_is_confirmed_by_the_office_that_then_let_its_time_run_out(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("decision")
    clerk = office.officer("mines-north", Power.RECORD_PAPER_DECISION)
    second = office.officer("mines-north", Power.CONFIRM_PAPER_DECISION)
    made = approval(case, clerk)
    done = case.post(clerk, "decision", "paper-decision", made)
    assert done.status_code == 200, done.text
    for _ in range(2):  # extended first, then escalated
        case.until_due("decision", timedelta(seconds=31))
        case.go_on()
    assert case.step("decision")["office"] != "mines-north"
    confirm = {"paper": done.json()["paper"]["id"]}
    ok = case.post(second, "decision", "paper-confirmation", confirm)
    assert ok.status_code == 200, ok.text


@pytest.mark.parametrize("reasons", [{}, {"reasons": "  "}])
def test_a_refusal_says_why(office: OfficeOfTests, reasons: dict[str, str]) -> None:
    case = play(office).decided_up_to("screening")
    refused = {"outcome": "refused", **reasons}
    answer = case.post(case.officer("screening"), "screening", "decision", refused)
    assert answer.status_code == 422
    clerk = case.officer("screening", Power.RECORD_PAPER_DECISION)
    paper = {**PAPER, "scan": "0" * 64, **refused}
    assert case.post(clerk, "screening", "paper-decision", paper).status_code == 422
    assert case.step("screening")["status"] == "open"
