"""What an awaited paper stands in the way of: nothing is granted while a curable one is missing."""

from datetime import timedelta
from typing import Any

from licensing_office import NEEDED, OfficeOfTests
from played_case import PlayedCase, play

KINDS = ("landholder-consent", "site-photograph")


def refused(case: PlayedCase) -> Any:
    done = case.post(case.officer("decision"), "decision", "decision", {"outcome": "approved"})
    assert done.status_code == 409, done.text
    assert done.json()["type"].endswith("papers-outstanding")
    return done.json()["papers"]


def test_no_grant_while_a_curable_paper_is_awaited(office: OfficeOfTests) -> None:
    case = play(office, papers=NEEDED).decided_up_to("decision")
    papers = refused(case)
    assert sorted(one["paper"] for one in papers) == list(KINDS)
    assert all(one["issued_by"] and one["due_at"] for one in papers)
    assert {one["overdue"] for one in papers} == {False}


def test_a_refusal_does_not_wait_for_papers(office: OfficeOfTests) -> None:
    case = play(office, papers=NEEDED).decided_up_to("decision")
    body = {"outcome": "refused", "reasons": "No consent of the landholder"}
    done = case.post(case.officer("decision"), "decision", "decision", body)
    assert done.status_code == 200, done.text


def test_the_grant_goes_on_once_the_papers_are_there(office: OfficeOfTests) -> None:
    who = office.applicant()
    told = office.lodged(who)
    case = PlayedCase(office, told["application"], told["code"]).decided_up_to("decision")
    for kind in KINDS:
        office.put_paper(who, case.code, kind)
        path = f"/applications/{case.code}/papers/{kind}/delivery"
        assert office.post(who, path, {"pages": [1]}).status_code == 200
    case.approve("decision")


def test_a_paper_that_is_overdue_without_keeping_the_place_is_told_so(
    office: OfficeOfTests,
) -> None:
    case = play(office, papers=NEEDED).decided_up_to("decision")
    office.sql(
        "update paper set keeps_priority = false, due_at = %s"
        " where application_id = %s and kind = 'site-photograph'",
        office.now() - timedelta(days=1),
        case.id,
    )
    lost = {one["paper"]: one["priority_lost"] for one in refused(case)}
    assert lost == {"site-photograph": True, "landholder-consent": False}
