"""One holder stays one holder, under however many registrations; and a party can be completed."""

import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from licensing_office import CURABLE, NEEDED, OfficeOfTests
from played_case import PlayedCase
from temporalio.exceptions import ApplicationError

from services.licensing.domain.identity import identity_key


def registered(office: OfficeOfTests, who: dict[str, str], kind: str, number: str) -> str:
    """A cooperative with members that shows this evidence."""
    evidence = [{"kind": kind, "number": number}]
    if kind != "certificate-of-registration":
        evidence.append({"kind": "cooperative-attestation", "number": str(uuid4())})
    body = {"kind": "cooperative", "name": "Green Hill", "evidence": evidence}
    made = office.post(who, "/parties", body)
    assert made.status_code == 201, made.text
    office.enrol(UUID(made.json()["id"]), 5)
    return str(made.json()["id"])


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rsplit(":", 1)[-1]


def test_registering_again_gives_no_room_for_more(office: OfficeOfTests) -> None:
    number = f"C-{uuid4().hex}"
    spellings = (number, f" {number.upper()} ", number.replace("-", " "))
    drafts = []
    for spelled in spellings:
        who = office.applicant()
        party = registered(office, who, "certificate-of-registration", spelled)
        drafts.append((who, office.ready(who, party=party)))
    answers: list[Any] = []
    lodging = [
        threading.Thread(target=lambda one=one: answers.append(office.lodge(*one)))
        for one in drafts
    ]
    for one in lodging:
        one.start()
    for one in lodging:
        one.join()
    assert sorted(one.status_code for one in answers) == [201, 201, 409]
    (refused,) = [one for one in answers if one.status_code == 409]
    assert (slug(refused), refused.json()["pending"]) == ("holding-limit-reached", 2)


def test_a_licence_of_another_registration_counts_when_one_is_issued(
    office: OfficeOfTests,
) -> None:
    number = f"C-{uuid4().hex}"
    cases = []
    for n in range(2):
        who = office.applicant()
        party = registered(office, who, "certificate-of-registration", number)
        box = [510_000_000 + n, 9_630_000_000, 510_253_000 + n, 9_630_253_000]
        told = office.lodge(
            who,
            office.ready(who, *NEEDED, *CURABLE, party=party),
            ground=office.statement(bbox_mm=box),
        ).json()
        cases.append(PlayedCase(office, UUID(told["application"]), told["code"]).decided_up_to())
    first, second = cases
    first.issue()
    first.go_on()
    office.sql("update licence set hectares = 9 where application_id = %s", first.id)
    with pytest.raises(ApplicationError, match="holding-limit-reached"):
        second.issue()


def test_what_several_holders_may_show_makes_nobody_one(office: OfficeOfTests) -> None:
    for _ in range(3):
        who = office.applicant()
        party = registered(office, who, "two-witnesses", "A. Odeh and B. Tolu")
        assert office.lodge(who, office.ready(who, party=party)).status_code == 201


def test_a_party_is_completed_where_it_had_not_shown_enough(office: OfficeOfTests) -> None:
    who = office.applicant()
    made = office.post(who, "/parties", {"kind": "cooperative", "name": "Green Hill"}).json()
    party = made["id"]
    office.enrol(UUID(party), 5)
    draft = office.ready(who, party=party)
    assert slug(office.lodge(who, draft)) == "identity-not-proven"
    strange = office.post(who, f"/parties/{party}/evidence", {"kind": "tattoo", "number": "1"})
    assert slug(strange) == "evidence-not-known"
    card = {"kind": "certificate-of-registration", "number": f"C-{uuid4().hex}"}
    shown = office.post(who, f"/parties/{party}/evidence", card)
    assert (shown.status_code, shown.json()["evidence"]) == (201, [card])
    again = office.post(who, f"/parties/{party}/evidence", card)
    assert again.json()["version"] == shown.json()["version"]
    assert [row[1] for row in office.journal(party)].count("party.evidence-added") == 1
    assert office.lodge(who, draft).status_code == 201


def test_a_party_shows_no_more_than_is_kept(office: OfficeOfTests) -> None:
    who = office.applicant()
    party = office.post(who, "/parties", {"kind": "person", "name": "Amara Tolu"}).json()["id"]
    path = f"/parties/{party}/evidence"
    for n in range(10):
        assert office.post(who, path, {"kind": "passport", "number": f"P{n}"}).status_code == 201
    assert slug(office.post(who, path, {"kind": "passport", "number": "P10"})) == "evidence-stands"


def test_a_membership_that_never_held_ends_on_its_first_day(office: OfficeOfTests) -> None:
    who = office.applicant()
    party = office.cooperative(who, members=0)
    body = {"new": {"kind": "person", "name": "Wrong One"}}
    (member,) = office.post(who, f"/parties/{party}/members", body).json()["members"]
    today = office.today().isoformat()
    path = f"/parties/{party}/members/{member['id']}/end"
    done = office.post(who, path, {"until": today})
    assert done.status_code == 200, done.text
    assert office.sql("select since = until from member where id = %s", member["id"]) == [(True,)]


def test_numbers_are_compared_however_they_are_written() -> None:
    assert identity_key("passport", " ab-12 / 3 ") == identity_key("passport", "AB123")
    assert identity_key("passport", "AB123") != identity_key("national-card", "AB123")
