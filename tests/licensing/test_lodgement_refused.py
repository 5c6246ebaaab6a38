"""Lodging refused: what the law has against it, whose file it is not, and what to do."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from licensing_office import CURABLE, NEEDED, OfficeOfTests, spell
from played_case import PlayedCase
from temporalio.exceptions import ApplicationError

from contracts.licensing.language import Status
from kernel.authority import Power
from services.licensing.domain.licence import Issuance, Licence
from services.licensing.store.applications import Applications

ROOT = Path(__file__).parents[2]


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rsplit(":", 1)[-1]


def test_a_case_is_lodged_once(office: OfficeOfTests) -> None:
    who = office.applicant()
    told = office.lodged(who)
    refused = office.lodge(who, told["application"])
    assert slug(refused) == "not-in-this-status"
    assert refused.json()["state"] == "lodged"


def test_a_missing_needed_paper_is_named_with_who_issues_it(office: OfficeOfTests) -> None:
    who = office.applicant()
    draft = office.ready(who, "identity")
    refused = office.lodge(who, draft)
    assert slug(refused) == "papers-missing"
    assert office.get(who, f"/applications/{draft}").json()["status"] == "draft"
    (paper,) = refused.json()["papers"]
    assert paper["paper"] == "members-list"
    assert paper["title"]["en"]
    assert paper["issued_by"]["en"]


def test_a_refused_lodgement_leaves_no_gap(office: OfficeOfTests) -> None:
    who = office.applicant()
    before = office.lodged(who)["filing_seq"]
    refused = office.lodge(who, office.ready(who, "identity"))
    assert refused.status_code == 409
    assert office.lodged(who)["filing_seq"] == before + 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"licence_type": "miners-card"}, "ground-statement-for-another"),
        ({"minerals": ["silver"]}, "ground-statement-for-another"),
        ({"country": "elsewhere"}, "ground-statement-for-another"),
        ({"edition": "2020-01-01"}, "ground-statement-for-another"),
        ({"training": False}, "ground-statement-for-another"),
        ({"geometry_hash": None}, "ground-statement-not-ours"),
        ({"hits": [{"kind": "zone"}]}, "ground-not-readable"),
    ],
)
def test_a_statement_about_something_else_is_refused(
    office: OfficeOfTests, change: dict[str, object], problem: str
) -> None:
    who = office.applicant()
    ground = office.statement(**change)
    assert slug(office.lodge(who, office.ready(who), ground=ground)) == problem


def test_a_statement_that_was_changed_after_signing_is_refused(office: OfficeOfTests) -> None:
    who = office.applicant()
    draft = office.ready(who)
    ground = office.statement()
    ground["body"]["hectares"] = {"legal": "0.5"}
    assert slug(office.lodge(who, draft, ground=ground)) == "ground-statement-not-ours"
    other = office.statement() | {"key": "licensing-receipts-1"}
    assert slug(office.lodge(who, draft, ground=other)) == "ground-statement-not-ours"
    receipt = office.desk.receipts.sign(office.statement()["body"])
    assert slug(office.lodge(who, draft, ground=receipt)) == "ground-statement-not-ours"


def test_a_statement_of_yesterday_is_too_old(office: OfficeOfTests) -> None:
    who, now = office.applicant(), office.now()
    draft = office.ready(who)
    past = {
        "checked_at": spell(now - timedelta(hours=24, seconds=1)),
        "valid_until": spell(now - timedelta(seconds=1)),
    }
    assert (
        slug(office.lodge(who, draft, ground=office.statement(**past)))
        == "ground-statement-too-old"
    )
    stretched = past | {"valid_until": spell(now + timedelta(days=9))}
    again = office.lodge(who, draft, ground=office.statement(**stretched))
    assert slug(again) == "ground-statement-too-old"


def test_a_right_with_ground_needs_a_statement_and_one_without_takes_none(
    office: OfficeOfTests,
) -> None:
    who = office.applicant()
    assert slug(office.lodge(who, office.ready(who), ground=None)) == "ground-needed"
    draft = office.ready(who, "identity", licence_type="buyers-licence", district="riverside")
    assert slug(office.lodge(who, draft)) == "no-ground-wanted"


def test_a_party_that_may_not_hold_the_right_is_refused(office: OfficeOfTests) -> None:
    who = office.applicant()
    company = office.post(who, "/parties", {"kind": "company", "name": "Stone Ltd"}).json()["id"]
    refused = office.lodge(who, office.ready(who, party=company))
    assert slug(refused) == "holder-not-allowed"
    assert refused.json()["holders"] == ["person", "cooperative"]


def test_who_the_applicant_is_must_be_proven_as_the_rulebook_lists(office: OfficeOfTests) -> None:
    who = office.applicant()
    person = {"kind": "person", "name": "Amara"}
    bare = office.post(who, "/parties", person).json()["id"]
    refused = office.lodge(who, office.ready(who, "identity", party=bare))
    assert slug(refused) == "identity-not-proven"
    assert ["two-witnesses"] in refused.json()["any_of"]
    evidence = [{"kind": "two-witnesses", "number": "B. Okara and C. Mbira"}]
    proven = office.post(who, "/parties", person | {"evidence": evidence}).json()["id"]
    done = office.lodge(who, office.ready(who, "identity", party=proven))
    assert done.status_code == 201, done.text


def test_facts_the_law_wants_are_named_in_every_language(office: OfficeOfTests) -> None:
    who = office.applicant()
    small = office.cooperative(who, members=4)
    refused = office.lodge(who, office.ready(who, party=small))
    assert slug(refused) == "facts-missing"
    (unmet,) = refused.json()["unmet"]
    assert unmet["rule"] == "enough-members"
    assert unmet["says"]["en"]


def test_minerals_must_be_named_and_covered(office: OfficeOfTests) -> None:
    who = office.applicant()
    none = office.ready(who, minerals=[])
    assert (
        slug(office.lodge(who, none, ground=office.statement(minerals=[]))) == "mineral-not-allowed"
    )
    copper = office.ready(who, minerals=["copper"])
    ground = office.statement(minerals=["copper"])
    assert slug(office.lodge(who, copper, ground=ground)) == "mineral-not-allowed"


def grant(office: OfficeOfTests, case: str) -> None:
    """A licence in force for the case, as issuing it leaves it."""
    now = office.now()
    with office.works.sessions.begin() as session:
        application = Applications(session).take(case)
        application.close(Status.GRANTED, "granted", now)
        assert application.edition_hash
        assert application.office
        issuance = Issuance(id=uuid4(), application_id=application.id, round=1, requested_at=now)
        session.add(issuance)
        session.flush()
        session.add(
            Licence(
                id=uuid4(),
                code=f"AMP-{uuid4().hex[:8]}",
                application_id=application.id,
                issuance_id=issuance.id,
                party_id=application.party_id,
                licence_type=application.licence_type,
                office=application.office,
                hectares=application.hectares,
                may_sell=True,
                valid_from=now - timedelta(days=1),
                valid_to=now + timedelta(days=1000),
                issued_at=now,
                edition_hash=application.edition_hash,
                log_index=0,
                logged={},
            )
        )


def test_what_was_applied_for_counts_as_if_it_were_held(office: OfficeOfTests) -> None:
    who = office.applicant()
    party = office.cooperative(who)
    drafts = [office.ready(who, party=party) for _ in range(3)]
    answers: list[Any] = []
    lodging = [
        threading.Thread(target=lambda one=one: answers.append(office.lodge(who, one)))
        for one in drafts
    ]
    for one in lodging:
        one.start()
    for one in lodging:
        one.join()
    assert sorted(one.status_code for one in answers) == [201, 201, 409]
    (refused,) = [one for one in answers if one.status_code == 409]
    assert (slug(refused), refused.json()["pending"]) == ("holding-limit-reached", 2)
    assert refused.json()["held"] == 0


def test_a_third_permit_is_one_too_many(office: OfficeOfTests) -> None:
    who = office.applicant()
    party = office.cooperative(who)
    for _ in range(2):
        told = office.lodge(who, office.ready(who, party=party)).json()
        grant(office, told["application"])
    refused = office.lodge(who, office.ready(who, party=party))
    assert slug(refused) == "holding-limit-reached"
    assert refused.json()["held"] == 2
    office.sql("update licence set valid_to = %s where party_id = %s", office.now(), party)
    assert office.lodge(who, office.ready(who, party=party)).status_code == 201


def test_room_is_judged_again_when_the_licence_is_issued(office: OfficeOfTests) -> None:
    who = office.applicant()
    party = office.cooperative(who)
    box = [510_000_000, 9_630_000_000, 510_253_000, 9_630_253_000]
    first, other = (
        office.lodge(
            who,
            office.ready(who, *NEEDED, *CURABLE, party=party),
            ground=office.statement(bbox_mm=box),
        ).json()
        for _ in range(2)
    )
    case = PlayedCase(office, UUID(first["application"]), first["code"]).decided_up_to()
    grant(office, other["application"])
    office.sql("update licence set hectares = 9 where application_id = %s", other["application"])
    with pytest.raises(ApplicationError, match="holding-limit-reached"):
        case.issue()
    office.sql("update licence set hectares = 8 where application_id = %s", other["application"])
    case.issue()


def test_a_head_that_the_log_never_had_is_refused(office: OfficeOfTests) -> None:
    who = office.applicant()
    draft = office.ready(who)
    for head in ({"size": 1, "root": "00" * 32}, {"size": 10**9, "root": "00" * 32}):
        assert slug(office.lodge(who, draft, head_seen=head)) == "head-not-ours"


def test_a_stranger_finds_no_such_application(office: OfficeOfTests) -> None:
    draft = office.ready(office.applicant())
    assert office.lodge(office.applicant(), draft).status_code == 404
    assert office.lodge({}, draft).status_code == 401


def test_no_officer_lodges_for_somebody_without_having_helped_them(office: OfficeOfTests) -> None:
    draft = office.ready(office.applicant())
    for powers in ((Power.DECIDE_STEP,), (Power.ASSIST_AT_COUNTER,), ()):
        assert office.lodge(office.officer("mines-north", *powers), draft).status_code == 403


def test_a_helper_at_the_counter_lodges_and_stands_on_the_receipt(office: OfficeOfTests) -> None:
    clerk = office.officer("mines-north", Power.ASSIST_AT_COUNTER, sub="clerk-9")
    draft = office.ready(clerk)
    told = office.lodge(clerk, draft)
    assert told.status_code == 201, told.text
    assert told.json()["receipt"]["body"]["lodged"]["helper"] == "staff:clerk-9"
    assert office.journal(draft)[0][4]["notices"] == []
