"""The counter: an officer acts for those who came to it, only there, and it is written."""

from typing import Any

import pytest
from licensing_office import OfficeOfTests

from kernel.authority import Power

PERSON = {"kind": "person", "name": "Amara Tolu"}


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rsplit(":", 1)[-1]


def clerk_at(office: OfficeOfTests, place: str, sub: str | None = None) -> dict[str, str]:
    return office.officer(place, Power.ASSIST_AT_COUNTER, sub=sub)


def begin(office: OfficeOfTests, who: dict[str, str], party: str, **more: Any) -> Any:
    asked = {"licence_type": "artisanal-permit", "party": party, "minerals": ["gold"], **more}
    return office.post(who, "/applications", asked)


@pytest.mark.parametrize(("place", "status"), [("mines-north", 201), ("mines-south", 403)])
def test_a_party_is_helped_at_the_counter_that_registered_it_and_at_no_other(
    office: OfficeOfTests, place: str, status: int
) -> None:
    party = office.cooperative(clerk_at(office, "mines-north"), members=0)
    colleague = clerk_at(office, place)
    assert begin(office, colleague, party).status_code == status
    member = office.post(colleague, f"/parties/{party}/members", {"new": PERSON})
    assert member.status_code == status
    assert office.get(colleague, f"/parties/{party}").status_code == (200 if status == 201 else 403)


def test_a_draft_is_carried_on_at_the_counter_where_it_was_begun(office: OfficeOfTests) -> None:
    clerk = clerk_at(office, "mines-north", "moves-away")
    draft = office.draft(clerk)
    assert office.get(clerk, f"/applications/{draft}").status_code == 200
    office.sql("update appointment set office = 'mines-south' where person = 'staff:moves-away'")
    moved = office.officer("mines-south", sub="moves-away")
    assert office.get(moved, f"/applications/{draft}").status_code == 403
    assert office.lodge(moved, draft).status_code == 403


def test_what_is_done_at_a_counter_is_written_with_officer_and_counter(
    office: OfficeOfTests,
) -> None:
    clerk = clerk_at(office, "mines-north", "writes-it-down")
    party = office.cooperative(clerk)
    draft = office.ready(clerk, party=party)
    told = office.lodge(clerk, draft)
    assert told.status_code == 201, told.text
    lodged = told.json()["receipt"]["body"]["lodged"]
    where = (lodged["helper"], lodged["counter"], lodged["filed"])
    assert where == ("staff:writes-it-down", "mines-north", "counter-slip")
    written = office.sql(
        "select name, person, payload ->> 'counter' from journal where case_id = %s order by seq",
        party,
    )
    assert written[0] == ("party.registered", "staff:writes-it-down", "mines-north")
    assert [row[2] for row in written] == ["mines-north"] * len(written)
    origin = office.sql("select counter, origin from application where id = %s", draft)
    assert origin == [("mines-north", "counter-slip")]


def test_nobody_is_put_in_the_place_of_an_account_that_a_party_has(
    office: OfficeOfTests,
) -> None:
    clerk = clerk_at(office, "mines-north")
    party = office.post(clerk, "/parties", PERSON | {"person": "public:owner-1"}).json()["id"]
    other = begin(office, clerk, party, applicant="public:somebody-else")
    assert (other.status_code, slug(other)) == (403, "counter-only")
    own = begin(office, clerk, party)
    rows = office.sql("select applicant from application where id = %s", own.json()["id"])
    assert rows == [("public:owner-1",)]


def test_what_is_done_online_names_no_counter(office: OfficeOfTests) -> None:
    who = office.applicant()
    told = office.lodged(who)
    lodged = told["receipt"]["body"]["lodged"]
    assert (lodged["helper"], lodged["counter"], lodged["filed"]) == (None, None, "online")
