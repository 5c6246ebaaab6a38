"""Papers that are due later, handed in when the licence is there; and whose law judges a page."""

import pytest
from licensing_office import CURABLE, NEEDED, OfficeOfTests
from played_case import PlayedCase

from kernel.law.plan import PaperWhen

LATER = "environment-pledge"


@pytest.fixture
def applicant(office: OfficeOfTests) -> dict[str, str]:
    return office.applicant()


@pytest.fixture
def granted(office: OfficeOfTests, applicant: dict[str, str]) -> PlayedCase:
    """A granted permit whose pledge is still due."""
    told = office.lodged(applicant, *NEEDED, *CURABLE)
    case = PlayedCase(office, told["application"], told["code"]).go_on()
    case.decided_up_to().issue()
    return case.go_on()


def status(case: PlayedCase) -> str:
    return str(case.office.sql("select status from application where id = %s", case.id)[0][0])


def test_a_paper_due_later_is_taken_when_the_licence_is_granted(
    office: OfficeOfTests, applicant: dict[str, str], granted: PlayedCase
) -> None:
    rows = office.sql(
        "select kind, \"when\", state from paper where application_id = %s and state = 'missing'",
        granted.id,
    )
    assert rows == [(LATER, PaperWhen.LATER.value, "missing")]
    assert status(granted) == "granted"
    assert office.put_paper(applicant, granted.code, LATER).status_code == 200
    path = f"/applications/{granted.code}/papers/{LATER}/delivery"
    done = office.post(applicant, path, {"pages": [1]})
    assert (done.status_code, done.json()["state"]) == (200, "delivered")
    assert office.post(applicant, path, {"pages": [1]}).status_code == 409
    assert granted.fact("paper.received")[4]["paper"] == LATER
    assert granted.go_on().state.closed == "granted"


def test_nothing_else_is_added_to_a_case_that_is_over(
    office: OfficeOfTests, applicant: dict[str, str], granted: PlayedCase
) -> None:
    more = office.put_paper(applicant, granted.code, "identity", n=9)
    assert (more.status_code, more.json()["type"].rsplit(":")[-1]) == (409, "paper-not-wanted")
