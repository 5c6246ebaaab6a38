"""Drafts and their documents: whose they are, which version was seen, and how files arrive."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from licensing_office import JPEG, OfficeOfTests

from kernel.authority import Power

CONTENT = {"minerals": ["gold", "silver"], "answers": {"machines": 2, "near-water": True}}


def put(office: OfficeOfTests, who: dict[str, str], draft: str, body: Any, **headers: str) -> Any:
    return office.client.put(f"/v1/applications/{draft}", json=body, headers={**who, **headers})


def test_a_draft_is_edited_by_whoever_has_seen_its_latest_version(office: OfficeOfTests) -> None:
    who = office.applicant()
    draft = office.draft(who)
    read = office.get(who, f"/applications/{draft}")
    edited = put(office, who, draft, CONTENT, **{"If-Match": read.headers["ETag"]})
    assert edited.json()["minerals"] == ["gold", "silver"]
    assert edited.json()["answers"] == {"machines": 2, "near-water": True}
    stale = put(office, who, draft, CONTENT, **{"If-Match": read.headers["ETag"]})
    assert stale.status_code == 412
    assert stale.json()["version"] == edited.json()["version"]
    assert put(office, who, draft, CONTENT).status_code == 428


def test_a_draft_says_what_may_be_done_and_has_no_journal(office: OfficeOfTests) -> None:
    who = office.applicant()
    draft = office.draft(who)
    shown = office.get(who, f"/applications/{draft}").json()
    assert shown["allowed"] == ["add_document", "edit_draft", "lodge_application"]
    assert office.journal(draft) == []


def test_unknown_types_minerals_and_districts_are_refused(office: OfficeOfTests) -> None:
    who = office.applicant()
    party = office.cooperative(who, members=0)
    for change in (
        {"licence_type": "moon-rock"},
        {"minerals": ["cheese"]},
        {"district": "nowhere"},
    ):
        body = {"licence_type": "artisanal-permit", "party": party, **change}
        refused = office.post(who, "/applications", body)
        assert refused.status_code == 404
        assert refused.json()["type"].endswith("no-such-law")


def test_nobody_drafts_for_a_party_that_is_not_theirs(office: OfficeOfTests) -> None:
    party = office.cooperative(office.applicant(), members=0)
    body = {"licence_type": "artisanal-permit", "party": party}
    assert office.post(office.applicant(), "/applications", body).status_code == 404
    officer = office.officer("mines-north", Power.DECIDE_STEP)
    assert office.post(officer, "/applications", body).status_code == 403


def test_a_draft_is_seen_by_its_applicant_and_helper_only(office: OfficeOfTests) -> None:
    who, clerk = (
        office.applicant("walk-in-2"),
        office.officer("mines-north", Power.ASSIST_AT_COUNTER),
    )
    named = {"kind": "person", "name": "Amara Tolu", "person": "public:walk-in-2"}
    party = office.post(clerk, "/parties", named).json()["id"]
    draft = office.draft(clerk, party=party)
    assert office.get(who, f"/applications/{draft}").status_code == 200
    assert office.get(clerk, f"/applications/{draft}").status_code == 200
    assert office.get(office.applicant(), f"/applications/{draft}").status_code == 404
    reader = office.officer("mines-north", Power.READ_CASES)
    assert office.get(reader, f"/applications/{draft}").status_code == 403
    rows = office.sql("select applicant, helper is not null from application where id = %s", draft)
    assert rows == [("public:walk-in-2", True)]


def test_a_lodged_file_is_read_at_its_offices_only(office: OfficeOfTests) -> None:
    told = office.lodged(office.applicant())
    for ref in (told["application"], told["code"], told["code"].lower()):
        north = office.officer("mines-north", Power.READ_CASES)
        assert office.get(north, f"/applications/{ref}").status_code == 200
    for wrong in (
        office.officer("mines-south", Power.READ_CASES),
        office.officer("mines-north", Power.ASSIST_AT_COUNTER),
        office.officer("mines-north"),
    ):
        assert office.get(wrong, f"/applications/{told['application']}").status_code == 403


def test_own_applications_are_listed_page_by_page(office: OfficeOfTests) -> None:
    who = office.applicant()
    party = office.cooperative(who, members=0)
    drafts = [office.draft(who, party=party) for _ in range(5)]
    office.draft(office.applicant())
    seen, after = [], ""
    for _ in range(3):
        page = office.get(who, f"/applications?limit=2{after}").json()
        seen += [one["id"] for one in page["applications"]]
        after = f"&after={page['next']}"
    assert seen == drafts[::-1]
    assert page["next"] is None


@pytest.mark.parametrize(
    "key", [["x", "y"], ["2026-01-01"], [1, 2], ["9999-12-31T23:59:59-23:59", "1"]]
)
def test_a_made_up_page_is_malformed(office: OfficeOfTests, key: list[object]) -> None:
    after = base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")
    answer = office.get(office.applicant(), f"/applications?after={after}")
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("not-a-page")


# documents


def test_a_page_is_put_served_as_attachment_and_replaced_in_a_draft(office: OfficeOfTests) -> None:
    who = office.applicant()
    draft = office.draft(who)
    first = office.put_paper(who, draft, "identity", 1)
    again = office.put_paper(who, draft, "identity", 1, JPEG + b"2")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["sha256"] == hashlib.sha256(JPEG + b"2").hexdigest()
    got = office.get(who, f"/applications/{draft}/documents/identity/1")
    assert got.content == JPEG + b"2"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Type"] == "image/jpeg"
    assert (
        office.get(office.applicant(), f"/applications/{draft}/documents/identity/1").status_code
        == 404
    )
    assert office.get(who, f"/applications/{draft}/documents/identity/2").status_code == 404


def test_several_photographs_make_one_paper(office: OfficeOfTests) -> None:
    who = office.applicant()
    draft = office.draft(who)
    for n in (2, 1, 3):
        office.put_paper(who, draft, "members-list", n, JPEG + bytes([n]))
    shown = office.get(who, f"/applications/{draft}").json()["documents"]
    assert [(d["kind"], d["n"]) for d in shown] == [("members-list", n) for n in (1, 2, 3)]


def test_an_upload_goes_on_where_a_broken_link_left_it(office: OfficeOfTests) -> None:
    who, content = office.applicant(), JPEG * 100
    draft = office.draft(who)
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    path = f"/v1/applications/{draft}/documents/identity/1"

    def send(start: int, stop: int, **headers: str) -> Any:
        told = {**who, "Content-Type": "image/jpeg", "Upload-Offset": str(start), **headers}
        return office.client.put(path, content=content[start:stop], headers=told)

    more = {"Upload-Complete": "?0"}
    first = send(0, 3000, **more)
    assert (first.status_code, first.headers["Upload-Offset"]) == (202, "3000")
    lost = send(5000, 6000, **more)
    assert (lost.status_code, lost.json()["offset"]) == (409, 3000)
    last = send(3000, len(content), **{"Repr-Digest": f"sha-256=:{digest}:"})
    assert last.status_code == 200, last.text
    assert last.json()["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_damaged_file_is_not_kept(office: OfficeOfTests) -> None:
    who = office.applicant()
    draft = office.draft(who)
    wrong = base64.b64encode(bytes(32)).decode()
    refused = office.put_paper(who, draft, "identity", **{"Repr-Digest": f"sha-256=:{wrong}:"})
    assert refused.status_code == 422
    assert office.get(who, f"/applications/{draft}").json()["documents"] == []


@pytest.mark.parametrize(
    ("kind", "content", "media", "status"),
    [
        ("identity", b"<html>", "text/html", 409),
        ("identity", b"<script>alert(1)</script>", "image/jpeg", 409),
        ("site-photograph", b"%PDF-1.7", "application/pdf", 409),
        ("no-such-paper", JPEG, "image/jpeg", 404),
        ("identity", b"%PDF-1.7", "application/pdf", 200),
    ],
)
def test_a_paper_comes_in_the_formats_that_the_rulebook_names(
    office: OfficeOfTests, kind: str, content: bytes, media: str, status: int
) -> None:
    who = office.applicant()
    done = office.put_paper(who, office.draft(who), kind, 1, content, **{"Content-Type": media})
    assert done.status_code == status, done.text


def test_a_wrong_page_is_taken_out_of_a_draft_but_not_out_of_a_case(office: OfficeOfTests) -> None:
    who = office.applicant()
    draft = office.ready(who)
    path = f"/v1/applications/{draft}/documents/identity"
    office.put_paper(who, draft, "identity", 2)
    assert office.client.delete(f"{path}/2", headers=office.applicant()).status_code == 404
    assert office.client.delete(f"{path}/2", headers=who).status_code == 204
    assert office.client.delete(f"{path}/2", headers=who).status_code == 404
    assert office.lodge(who, draft).status_code == 201
    assert (
        office.client.delete(f"{path}/1", headers=who).json()["type"].endswith("not-in-this-status")
    )


# after lodgement


def test_what_was_lodged_stays_and_pages_are_only_added(office: OfficeOfTests) -> None:
    who = office.applicant()
    case = office.lodged(who)["application"]
    same = office.put_paper(who, case, "identity", 1)
    assert same.status_code == 200
    other = office.put_paper(who, case, "identity", 1, JPEG + b"x")
    assert other.json()["type"].endswith("document-stands")
    assert office.put_paper(who, case, "identity", 2, JPEG + b"x").status_code == 200


def test_a_curable_paper_is_delivered_and_told_to_the_case(office: OfficeOfTests) -> None:
    who = office.applicant()
    case = office.lodged(who)["application"]
    path = f"/applications/{case}/papers/site-photograph/delivery"
    assert office.post(who, path, {"pages": [1]}).json()["type"].endswith("page-missing")
    office.put_paper(who, case, "site-photograph", 1)
    assert office.post(office.applicant(), path, {"pages": [1]}).status_code == 404
    done = office.post(who, path, {"pages": [1]})
    assert (done.status_code, done.json()["state"]) == (200, "delivered")
    name, payload = office.journal(case)[-1][1], office.journal(case)[-1][4]
    assert name == "paper.received"
    assert (payload["paper"], payload["complete"], payload["late"]) == (
        "site-photograph",
        False,
        False,
    )
    assert payload["pages"] == [{"n": 1, "sha256": hashlib.sha256(JPEG).hexdigest()}]
    again = office.post(who, path, {"pages": [1]})
    assert again.json()["type"].endswith("paper-not-wanted")
    assert office.sql("select count(*) from outbox where subject = %s", case) == [(2,)]


def test_a_paper_after_its_time_is_taken_as_late(office: OfficeOfTests) -> None:
    who = office.applicant()
    case = office.lodged(who)["application"]
    office.sql(
        "update paper set due_at = %s where application_id = %s",
        office.now() - timedelta(days=1),
        case,
    )
    office.put_paper(who, case, "site-photograph", 1)
    office.post(who, f"/applications/{case}/papers/site-photograph/delivery", {"pages": [1]})
    payload = office.journal(case)[-1][4]
    assert (payload["late"], payload["keeps_priority"]) == (True, True)


def test_the_applicant_withdraws_and_is_told_so(office: OfficeOfTests) -> None:
    who = office.applicant("gives-up")
    case = office.lodged(who)["application"]
    path = f"/applications/{case}/withdrawal"
    assert office.post(office.applicant(), path, {"reason": "x"}).status_code == 404
    officer = office.officer("mines-north", Power.DECIDE_STEP)
    assert office.post(officer, path, {"reason": "x"}).status_code == 403
    stale = office.post(who, path, {"reason": "no"}, **{"If-Match": '"99"'})
    assert stale.status_code == 412
    done = office.post(who, path, {"reason": "Moved away"})
    assert done.json()["status"] == "withdrawn"
    name, payload = office.journal(case)[-1][1], office.journal(case)[-1][4]
    assert name == "application.withdrawn"
    assert [(n["kind"], n["to"]) for n in payload["notices"]] == [
        ("application-withdrawn", "public:gives-up")
    ]
    assert "Moved away" not in str(payload)
    assert office.post(who, path, {"reason": "again"}).json()["type"].endswith("not-in-this-status")


def test_a_draft_is_not_withdrawn(office: OfficeOfTests) -> None:
    who = office.applicant()
    refused = office.post(who, f"/applications/{office.draft(who)}/withdrawal", {"reason": "x"})
    assert refused.json()["type"].endswith("not-in-this-status")


def test_a_file_that_is_refused_is_not_kept(office: OfficeOfTests) -> None:
    draft, content = office.draft(office.applicant()), JPEG + b"a stranger's"
    refused = office.put_paper(office.applicant(), draft, "identity", content=content)
    assert refused.status_code == 404
    name = hashlib.sha256(content).hexdigest()
    assert list(office.settings.files.rglob(name)) == []
    who = office.applicant()
    assert office.put_paper(who, office.draft(who), "identity", content=content).status_code == 200
    assert len(list(office.settings.files.rglob(name))) == 1
