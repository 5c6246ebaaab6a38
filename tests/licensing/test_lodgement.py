"""Lodging: one transaction, one number, one signed receipt, or a refusal that says what to do."""

import base64
import hashlib
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from licensing_office import CURABLE, PAPERS, OfficeOfTests, spell

from contracts.wording import text_param
from kernel.calendar import due
from kernel.codes import is_receipt_code
from kernel.law.plan import Plan
from kernel.log.canonical import canonical

ROOT = Path(__file__).parents[2]


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rsplit(":", 1)[-1]


def test_a_draft_becomes_a_case_with_number_code_receipt_and_outbox_row(
    office: OfficeOfTests,
) -> None:
    who = office.applicant()
    draft = office.ready(who)
    done = office.lodge(who, draft)
    assert done.status_code == 201, done.text
    told = done.json()
    assert told["code"].startswith("AP-")
    assert told["receipt"]["kind"] == "final"
    assert told["receipt"]["body"]["place"] == told["filing_seq"]
    ((seq, name, at, legal_at, payload, index),) = office.journal(draft)
    assert (seq, name, at == legal_at) == (1, "application.lodged", True)
    assert datetime.fromisoformat(told["lodged_at"]) == at
    assert payload["has_ground"] is True
    assert payload["office"] == "mines-north"
    rows = office.sql("select workflow_id, event from outbox where subject = %s", draft)
    assert [row[0] for row in rows] == [f"application:{draft}"]
    assert rows[0][1]["payload"] == payload
    ((leaf_at,),) = office.sql('select at from log_leaf where "index" = %s', index)
    assert leaf_at == at


def test_the_case_stands_on_the_plan_it_was_lodged_under(office: OfficeOfTests) -> None:
    who = office.applicant()
    told = office.lodged(who)
    ((stored, digest, edition),) = office.sql(
        "select plan, plan_hash, edition_hash from application where id = %s", told["application"]
    )
    plan = Plan.load(stored)
    assert plan.digest() == digest
    assert plan.edition.hash == edition == office.desk.law.country.newest.ref.hash
    assert plan.facts["members"] == 5
    assert plan.facts["hectares"] == "6.4"
    assert plan.step("screening").office == "mines-north"


def test_the_receipt_lists_everything_lodged_with_hashes_and_what_is_missing(
    office: OfficeOfTests,
) -> None:
    who = office.applicant()
    told = office.lodged(who)
    body = told["receipt"]["body"]
    assert [(d["kind"], d["n"]) for d in body["lodged"]["documents"]] == [
        ("identity", 1),
        ("members-list", 1),
    ]
    assert all(len(d["sha256"]) == 64 for d in body["lodged"]["documents"])
    missing = {one["paper"]: one["by"] for one in body["missing"]}
    assert set(missing) == {"site-photograph", "landholder-consent", "environment-pledge"}
    edition = office.desk.law.country.newest
    (rule,) = [
        p for p in edition.licence_type("artisanal-permit").papers if p.paper == "site-photograph"
    ]
    assert rule.within is not None
    lodged_at = datetime.fromisoformat(told["lodged_at"])
    by = due(lodged_at, rule.within, office.desk.law.calendar(edition, "mines-north"))
    assert datetime.fromisoformat(missing["site-photograph"]) == by
    assert is_receipt_code(
        told["receipt"]["short_code"].lower(), told["filing_seq"], canonical(body)
    )


def test_verify_py_finds_the_receipt_genuine_and_a_changed_one_not(
    office: OfficeOfTests, tmp_path: Path
) -> None:
    receipt = office.lodged(office.applicant())["receipt"]
    signed = {name: receipt[name] for name in ("body", "key", "signature")}
    key = office.settings.keys / "public" / "licensing-receipts.json"

    def verify(document: object) -> subprocess.CompletedProcess[str]:
        (tmp_path / "receipt.json").write_text(json.dumps(document))
        command = [sys.executable, str(ROOT / "verify.py"), "receipt"]
        command += [str(tmp_path / "receipt.json"), "--key", str(key)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    genuine = verify(signed)
    assert genuine.returncode == 0, genuine.stdout
    assert "TRAINING" in genuine.stdout
    body = signed["body"] | {"place": signed["body"]["place"] - 1}
    assert verify(signed | {"body": body}).returncode == 1


def test_the_receipt_opens_the_leaf_that_the_log_committed_to(office: OfficeOfTests) -> None:
    body = office.lodged(office.applicant())["receipt"]["body"]
    log = body["log"]
    salt = base64.urlsafe_b64decode(log["salt"] + "==")
    commitment = hashlib.sha256(salt + canonical(body["lodged"])).hexdigest()
    ((leaf,),) = office.sql('select leaf from log_leaf where "index" = %s', log["index"])
    assert json.loads(bytes(leaf))["commitment"] == commitment == log["commitment"]


def test_a_repeat_with_the_same_key_is_equal_to_the_byte_and_files_nothing(
    office: OfficeOfTests,
) -> None:
    who, key = office.applicant(), office.key()
    draft = office.ready(who)
    body = {"ground": office.statement()}
    path = f"/v1/applications/{draft}/lodgement"
    first = office.client.post(path, json=body, headers={**who, **key})
    again = office.client.post(path, json=body, headers={**who, **key})
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert len(office.journal(draft)) == 1
    other = office.client.post(path, json={"ground": office.statement()}, headers={**who, **key})
    assert slug(other) == "key-used-before"


def test_a_buyers_licence_has_a_conditional_place_until_it_is_paid(office: OfficeOfTests) -> None:
    who = office.applicant()
    draft = office.ready(who, "identity", licence_type="buyers-licence", district="riverside")
    told = office.lodge(who, draft, ground=None).json()
    assert told["conditional"] is True
    receipt = told["receipt"]
    assert receipt["kind"] == "conditional"
    assert datetime.fromisoformat(receipt["body"]["counts_only_when_paid_by"]) == (
        datetime.fromisoformat(told["pay_by"])
    )
    payload = office.journal(draft)[0][4]
    assert (payload["conditional"], payload["has_ground"]) == (True, False)
    assert payload["office"] == "mines-south"
    (notice, *_) = payload["notices"]
    assert notice["kind"] == "receipt-conditional"
    assert notice["params"]["amount"].endswith(" EXD")


def test_a_card_inside_a_zone_is_lodged_on_a_statement_without_geometry(
    office: OfficeOfTests,
) -> None:
    who = office.applicant()
    draft = office.ready(who, "identity", licence_type="miners-card")
    members = {
        "licence_type": "miners-card",
        "geometry": None,
        "geometry_hash": None,
        "bbox_mm": None,
        "hectares": {},
        "zone": "asm-zone-1",
    }
    told = office.lodge(who, draft, ground=office.statement(**members))
    assert told.status_code == 201, told.text
    assert office.journal(draft)[0][4]["has_ground"] is False
    assert office.sql("select zone, hectares from application where id = %s", draft) == [
        ("asm-zone-1", None)
    ]


def test_small_scale_ground_is_recorded_before_the_fee_but_receipted_at_once(
    office: OfficeOfTests,
) -> None:
    who = office.applicant()
    draft = office.ready(
        who, "identity", "members-list", "work-programme", licence_type="small-scale-licence"
    )
    ground = office.statement(
        licence_type="small-scale-licence", units=4, hectares={"legal": "25", "units": "25"}
    )
    told = office.lodge(who, draft, ground=ground).json()
    assert (told["conditional"], told["receipt"]["kind"]) == (False, "final")
    kept = office.sql("select units, hectares from application where id = %s", draft)
    assert [(row[0], str(row[1])) for row in kept] == [(4, "25.0000")]


def test_the_filing_is_bounded_by_the_head_it_names_and_its_arrival(office: OfficeOfTests) -> None:
    who = office.applicant()
    office.lodged(who)
    ((size,),) = office.sql("select size from log_head")
    proof = office.client.get("/v1/log/checkpoint").text.split("\n")
    assert int(proof[1]) == size
    root = base64.b64decode(proof[2]).hex()
    ((last,),) = office.sql('select at from log_leaf where "index" = %s', size - 1)
    ground = office.statement(checked_at=spell(office.now() - timedelta(hours=20)))
    told = office.lodge(
        who, office.ready(who), ground=ground, head_seen={"size": size, "root": root}
    ).json()
    ((origin, not_before, not_after),) = office.sql(
        "select origin, not_before, not_after from audit_v1.filings where id = %s",
        told["application"],
    )
    assert (origin, not_before) == ("online", last)
    assert not_after == datetime.fromisoformat(told["lodged_at"])


def test_notices_tell_the_applicant_and_name_nobody(office: OfficeOfTests) -> None:
    who = office.applicant("told")
    told = office.lodged(who)
    notices = office.journal(told["application"])[0][4]["notices"]
    assert [n["kind"] for n in notices] == ["application-lodged", "paper-missing", "paper-missing"]
    assert {n["to"] for n in notices} == {"public:told"}
    edition = office.desk.law.country.newest
    titles = [edition.paper(kind).title for kind in CURABLE]
    named = {text_param(title) for title in titles}
    assert {notice["params"]["paper"] for notice in notices[1:]} == named
    for notice in notices:
        assert set(notice["params"]) == set(edition.notice(notice["kind"]).params)
    assert "Green Hill" not in json.dumps(office.journal(told["application"])[0][4])


def test_photographed_papers_are_lodged_as_they_are(office: OfficeOfTests) -> None:
    who = office.applicant()
    draft = office.draft(who)
    photographs = [
        (paper, *paper.stem.rsplit("-", 1))
        for paper in sorted((ROOT / "examples" / "papers").glob("*.jpg"))
    ]
    for paper, kind, n in photographs:
        if kind not in PAPERS:
            continue
        done = office.put_paper(who, draft, kind, int(n), paper.read_bytes())
        assert done.status_code == 200, done.text
    body = office.lodge(who, draft).json()["receipt"]["body"]
    assert body["missing"] == []
    assert {d["kind"] for d in body["lodged"]["documents"]} == set(PAPERS)
    assert len(body["lodged"]["documents"]) == 6
