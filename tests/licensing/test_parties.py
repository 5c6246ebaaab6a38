"""Parties: registered by themselves or at a counter, with members who come, go and are counted."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from licensing_office import OfficeOfTests

from kernel.authority import Power
from services.licensing.store.parties import Parties

ROOT = Path(__file__).parents[2]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PERSON = {"kind": "person", "name": "Amara Tolu", "sex": "female", "birth_year": 1979}


def put_list(office: OfficeOfTests, who: dict[str, str], party: str, content: bytes) -> object:
    path = f"/v1/parties/{party}/members/list"
    return office.client.put(path, content=content, headers={**who, "Content-Type": XLSX})


def test_a_person_registers_and_reads_only_their_own_party(office: OfficeOfTests) -> None:
    who, stranger = office.applicant(), office.applicant()
    made = office.post(who, "/parties", PERSON)
    assert made.status_code == 201
    party = made.json()["id"]
    assert office.get(who, f"/parties/{party}").json()["name"] == "Amara Tolu"
    assert [one["id"] for one in office.get(who, "/parties").json()] == [party]
    assert office.get(stranger, f"/parties/{party}").status_code == 404
    assert office.get({}, f"/parties/{party}").status_code == 401


def test_officers_read_the_parties_whose_files_are_with_their_office(
    office: OfficeOfTests,
) -> None:
    who = office.applicant()
    party = office.cooperative(who)
    north = office.officer("mines-north", Power.READ_CASES)
    south = office.officer("mines-south", Power.READ_CASES)
    draft = office.ready(who, party=party)
    assert office.get(north, f"/parties/{party}").status_code == 403
    assert office.lodge(who, draft).status_code == 201
    assert office.get(north, f"/parties/{party}").status_code == 200
    assert office.get(south, f"/parties/{party}").status_code == 403


def test_the_same_key_registers_once_and_answers_the_same_bytes(office: OfficeOfTests) -> None:
    who, key = office.applicant(), {"Idempotency-Key": str(uuid4())}
    first = office.client.post("/v1/parties", json=PERSON, headers={**who, **key})
    again = office.client.post("/v1/parties", json=PERSON, headers={**who, **key})
    assert first.content == again.content
    assert len(office.get(who, "/parties").json()) == 1
    other = office.client.post(
        "/v1/parties", json=PERSON | {"name": "Other"}, headers={**who, **key}
    )
    assert other.json()["type"].endswith("key-used-before")


def test_what_is_known_of_a_party_is_committed_to_but_not_told_by_the_log(
    office: OfficeOfTests,
) -> None:
    who = office.applicant()
    party = office.post(who, "/parties", PERSON).json()["id"]
    ((_, name, *_rest, payload, index),) = office.journal(party)
    assert name == "party.registered"
    assert "Amara" not in str(payload)
    ((leaf,),) = office.sql('select leaf from log_leaf where "index" = %s', index)
    assert b"Amara" not in bytes(leaf)


def test_evidence_that_the_rulebook_does_not_list_is_refused(office: OfficeOfTests) -> None:
    body = PERSON | {"evidence": [{"kind": "library-card", "number": "7"}]}
    refused = office.post(office.applicant(), "/parties", body)
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("evidence-not-known")
    assert "national-card" in refused.json()["known"]


def test_sex_and_birth_year_are_of_persons_only(office: OfficeOfTests) -> None:
    body = {"kind": "company", "name": "Stone Ltd", "sex": "male"}
    assert office.post(office.applicant(), "/parties", body).status_code == 422


def test_an_officer_at_the_counter_registers_for_somebody_and_is_named_as_helper(
    office: OfficeOfTests,
) -> None:
    clerk = office.officer("mines-north", Power.ASSIST_AT_COUNTER, sub="clerk-7")
    made = office.post(clerk, "/parties", PERSON | {"person": "public:walk-in"})
    assert made.status_code == 201
    row = office.sql("select person, helper from party where id = %s", made.json()["id"])
    assert row == [("public:walk-in", "staff:clerk-7")]


def test_only_the_counter_registers_for_somebody_else(office: OfficeOfTests) -> None:
    body = PERSON | {"person": "public:somebody-else"}
    for who in (office.applicant(), office.officer("mines-north", Power.DECIDE_STEP)):
        refused = office.post(who, "/parties", body)
        assert refused.status_code == 403
        assert refused.json()["type"].endswith("counter-only")


def test_a_spreadsheet_enrols_twelve_members_of_whom_seven_are_women(
    office: OfficeOfTests,
) -> None:
    who = office.applicant()
    party = office.cooperative(who, members=0)
    content = (ROOT / "examples" / "members.xlsx").read_bytes()
    report = put_list(office, who, party, content).json()
    assert (report["accepted"], report["known"], report["refused"]) == (12, 0, 0)
    shown = report["party"]
    assert (shown["live_members"], shown["women"], shown["men"]) == (12, 7, 5)
    again = put_list(office, who, party, content).json()
    assert (again["accepted"], again["known"]) == (0, 12)
    assert again["party"]["live_members"] == 12


def test_rows_that_cannot_be_taken_are_answered_beside_those_that_can(
    office: OfficeOfTests,
) -> None:
    who = office.applicant()
    party = office.cooperative(who, members=0)
    csv = b"name;sex;year of birth\nAmara Tolu;F;1979\nKofi;?;79\n"
    path = f"/v1/parties/{party}/members/list"
    done = office.client.put(path, content=csv, headers={**who, "Content-Type": "text/csv"})
    report = done.json()
    assert [row["outcome"] for row in report["rows"]] == ["accepted", "refused"]
    assert [p["column"] for p in report["rows"][1]["problems"]] == ["sex", "year of birth"]


def test_a_file_that_is_no_list_is_malformed(office: OfficeOfTests) -> None:
    who = office.applicant()
    party = office.cooperative(who, members=0)
    refused = put_list(office, who, party, b"PK\x03\x04 nothing")
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("spreadsheet-not-readable")


def test_a_stranger_imports_no_members(office: OfficeOfTests) -> None:
    party = office.cooperative(office.applicant(), members=0)
    content = (ROOT / "examples" / "members.xlsx").read_bytes()
    assert put_list(office, office.applicant(), party, content).status_code == 404


def test_a_membership_ends_on_a_day_and_is_counted_no_more(office: OfficeOfTests) -> None:
    who = office.applicant()
    party = office.cooperative(who, members=0)
    today = office.desk.law.today(office.now())
    since = (today - timedelta(days=30)).isoformat()
    joined = office.post(who, f"/parties/{party}/members", {"new": PERSON, "since": since}).json()
    membership = joined["members"][0]["id"]
    path = f"/parties/{party}/members/{membership}/end"
    before = (today - timedelta(days=31)).isoformat()
    early = office.post(who, path, {"until": before})
    assert early.json()["type"].endswith("membership-dates")
    ended = office.post(who, path, {"until": today.isoformat()})
    assert ended.json()["live_members"] == 0
    assert ended.json()["members"][0]["until"] == today.isoformat()
    assert office.post(office.applicant(), path, {"until": since}).status_code == 404


def test_nobody_is_a_member_twice_of_themselves_or_of_a_person(office: OfficeOfTests) -> None:
    who = office.applicant()
    group = office.cooperative(who, members=0)
    person = office.post(who, "/parties", PERSON).json()["id"]
    path = f"/parties/{group}/members"
    assert office.post(who, path, {"party": person}).status_code == 201
    again = office.post(who, path, {"party": person})
    assert again.json()["type"].endswith("member-already")
    itself = office.post(who, path, {"party": group})
    assert itself.json()["type"].endswith("cannot-be-a-member")
    into_person = office.post(who, f"/parties/{person}/members", {"party": group})
    assert into_person.json()["type"].endswith("not-a-group")
    assert office.post(who, path, {}).status_code == 422


def test_a_federation_has_groups_as_members(office: OfficeOfTests) -> None:
    who = office.applicant()
    federation = office.post(who, "/parties", {"kind": "federation", "name": "Union"}).json()["id"]
    path = f"/parties/{federation}/members"
    assert office.post(who, path, {"new": PERSON}).status_code == 409
    assert office.post(who, path, {"party": office.cooperative(who)}).status_code == 201


def test_members_of_members_and_declared_interests_take_no_part(office: OfficeOfTests) -> None:
    who = office.applicant("owner")
    group = office.cooperative(who, members=0)
    member = office.applicant("member-person")
    person = office.post(member, "/parties", PERSON).json()["id"]
    office.post(who, f"/parties/{group}/members", {"party": person})
    federation = office.post(who, "/parties", {"kind": "federation", "name": "Union"}).json()["id"]
    office.post(who, f"/parties/{federation}/members", {"party": group})
    officer = office.officer("mines-north", Power.DECIDE_STEP, sub="related")
    told = office.post(officer, f"/parties/{group}/interests", {"kind": "relative"})
    assert told.status_code == 201
    with office.works.sessions() as session:
        today = office.desk.law.today(office.now())
        found = Parties(session).interested(UUID(federation), today)
    assert found == {"public:owner", "public:member-person", "staff:related"}


def test_an_officer_declares_their_own_interest_only(office: OfficeOfTests) -> None:
    party = office.cooperative(office.applicant(), members=0)
    officer = office.officer("mines-north", Power.DECIDE_STEP)
    body = {"kind": "lender", "person": "staff:somebody-else"}
    assert office.post(officer, f"/parties/{party}/interests", body).status_code == 403
    stranger = office.applicant()
    assert (
        office.post(stranger, f"/parties/{party}/interests", {"kind": "owner"}).status_code == 404
    )


@pytest.mark.parametrize("body", [{}, {"kind": "tribe", "name": "X"}, PERSON | {"name": ""}, [1]])
def test_what_is_no_party_is_malformed(office: OfficeOfTests, body: object) -> None:
    assert office.post(office.applicant(), "/parties", body).status_code == 422
