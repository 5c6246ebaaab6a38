"""Each licence type of the example country, from lodgement to its end."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from licensing_office import OfficeOfTests
from played_case import PlayedCase, play

from kernel.events import Source

GRID: dict[str, Any] = {
    "licence_type": "small-scale-licence",
    "units": 2,
    "hectares": {"legal": "12.5", "units": "12.5"},
    "bbox_mm": [300_000_000, 9_400_000_000, 300_500_000, 9_400_250_000],
}
ZONE: dict[str, Any] = {
    "licence_type": "miners-card",
    "zone": "kisanga-asm",
    "geometry": None,
    "geometry_hash": None,
    "bbox_mm": None,
    "hectares": {},
    "net_hectares": None,
}


def lodged(office: OfficeOfTests, kind: str, *papers: str, **how: Any) -> PlayedCase:
    pays, ground = how.pop("pays", True), how.pop("ground", None)
    who = office.applicant()
    draft = office.ready(who, *papers, licence_type=kind, **how)
    done = office.lodge(who, draft, ground=ground)
    assert done.status_code == 201, done.text
    told = done.json()
    return PlayedCase(office, UUID(told["application"]), told["code"], pays=pays)


def small_scale(office: OfficeOfTests) -> PlayedCase:
    papers = ("identity", "members-list", "work-programme", "environment-plan")
    papers += ("landholder-consent",)
    return lodged(office, "small-scale-licence", *papers, ground=office.statement(**GRID))


def miners_card(office: OfficeOfTests) -> PlayedCase:
    papers = ("identity", "zone-attestation")
    return lodged(office, "miners-card", *papers, ground=office.statement(**ZONE))


def buyers_licence(office: OfficeOfTests, **how: Any) -> PlayedCase:
    papers = ("identity", "tax-clearance", "premises-lease")
    return lodged(office, "buyers-licence", *papers, district="riverside", **how)


@pytest.mark.parametrize(
    ("begin", "prefix"),
    [(play, "AMP-"), (small_scale, "SSL-"), (miners_card, "MCD-"), (buyers_licence, "BUY-")],
)
def test_the_type_goes_the_whole_way_to_its_certificate(
    office: OfficeOfTests, begin: Any, prefix: str
) -> None:
    case = begin(office).decided_up_to()
    case.issue()
    case.go_on()
    assert case.state.closed == "granted"
    code = case.fact("licence.issued")[4]["licence_code"]
    assert code.startswith(prefix)
    told = office.get({}, f"/licences/{code}").json()
    assert told["in_force"] is True
    assert told["certificate"]
    assert (told["zone"] is not None) == (prefix == "MCD-")
    assert (told["geometry_hash"] is not None) == (prefix in ("AMP-", "SSL-"))


def test_a_conditional_place_that_is_paid_for_is_confirmed(office: OfficeOfTests) -> None:
    case = buyers_licence(office).go_on()
    names = case.facts()
    assert names.index("invoice.paid") < names.index("receipt.confirmed")
    assert office.sql("select conditional from application where id = %s", case.id) == [(False,)]


def test_a_conditional_place_that_is_not_paid_for_never_counted(office: OfficeOfTests) -> None:
    case = buyers_licence(office, pays=False).go_on()
    due = case.until_due("application-fee")
    told = {"step": "application-fee", "round": 1, "invoice": str(uuid4())}
    case.tell(Source.PAYMENTS, "invoice.expired", **told, legal_at=due, due_at=due.isoformat())
    case.go_on()
    assert case.state.closed == "void"
    closed = case.fact("case.closed")[4]
    assert (closed["status"], closed["notices"][0]["kind"]) == ("void", "application-void")


def test_a_withdrawn_case_is_closed_and_its_ground_given_back(office: OfficeOfTests) -> None:
    who = office.applicant()
    told = office.lodged(who)
    case = PlayedCase(office, UUID(told["application"]), told["code"]).decided_up_to("screening")
    officer = case.officer("screening")
    done = office.post(who, f"/applications/{case.code}/withdrawal", {"reason": "Moved away"})
    assert done.status_code == 200, done.text
    refused = case.post(officer, "screening", "decision", {"outcome": "approved"})
    assert refused.status_code == 409
    assert refused.json()["state"] == "withdrawn"
    case.go_on()
    assert case.state.closed == "withdrawn"
    assert case.step("screening")["status"] == "closed"
    assert "area.released" in case.facts()


def test_the_time_to_take_up_an_offer_runs_from_its_service(office: OfficeOfTests) -> None:
    """The rulebook: offers run from service, which is deemed three working days after recording."""
    case = play(office).go_on()
    case.pays = False
    case.decided_up_to()
    row = office.sql(
        "select s.runs_from = d.served_at, d.served_at > d.recorded_at, s.opened_at < s.runs_from"
        " from step s join decision d using (application_id)"
        " where s.application_id = %s and s.step = 'grant-fee' and d.step = 'decision'",
        case.id,
    )
    assert row == [(True, True, True)]
