"""Verifying codes, one or many, and what the auditor reads of licences."""

from issued_licences import licence_of, public, verify_py
from licensing_office import OfficeOfTests
from played_case import PlayedCase, play


def test_verifying_tells_in_one_signed_object_what_a_buyer_must_know(
    office: OfficeOfTests, issued: PlayedCase
) -> None:
    code, verify = licence_of(issued), verify_py()
    told = office.get({}, f"/verify/{code.lower().replace('-', ' ')}")
    assert told.status_code == 200, told.text
    key = public(office, "licensing-verifications")
    body = verify.signed_document(told.json(), [key], "statement")["says"]
    assert body["verdict"] == "in-force"
    assert (body["genuine"], body["in_force"], body["may_sell"]) == (True, True, True)
    assert body["holder"] == "Green Hill"
    assert body["minerals"] == ["gold"]
    assert body["quantity_per_period"]
    assert body["log"]["size"] > body["log_index"]
    assert body["training"] is True


def test_an_application_is_in_formalisation_and_nothing_else_is_told(
    office: OfficeOfTests, issued: PlayedCase
) -> None:
    pending = play(office)
    asked = {"codes": [pending.code, licence_of(issued), "AMP-2026-000001-0", "rubbish"]}
    told = office.client.post("/v1/verify", json=asked)
    assert told.status_code == 200, told.text
    results = told.json()["body"]["results"]
    verdicts = [one["verdict"] for one in results]
    assert verdicts[:2] == ["in-formalisation", "in-force"]
    assert verdicts[2] == verdicts[3] == "unknown"
    assert set(results[0]) == {
        "code",
        "verdict",
        "genuine",
        "in_force",
        "in_formalisation",
        "may_sell",
    }
    assert results[3]["code"] == "?"
    many = {"codes": ["AMP-2026-000001-0"] * 501}
    assert office.client.post("/v1/verify", json=many).status_code == 422


def test_a_code_that_is_none_is_refused_without_being_repeated(office: OfficeOfTests) -> None:
    told = office.get({}, "/verify/AMP-2026-ZZZZZZ-0")
    assert told.status_code == 422
    assert "ZZZZZZ" not in told.text.replace("/verify/AMP-2026-ZZZZZZ-0", "")


def test_the_auditor_reads_decisions_days_and_licences(
    office: OfficeOfTests, issued: PlayedCase
) -> None:
    rows = office.sql(
        "select step, round, person, office, outcome, at from audit_v1.decisions"
        " where application_id = %s",
        issued.id,
    )
    assert {row[0] for row in rows} >= {"screening", "decision", "environment-opinion"}
    assert all(row[2].startswith("staff:") for row in rows)
    days = office.sql(
        "select day, party from audit_v1.clock_days where application_id = %s", issued.id
    )
    assert len({row[0] for row in days}) == len(days) >= 1
    found = office.sql(
        "select code, type, status from audit_v1.licences where application_id = %s", issued.id
    )
    assert found == [(licence_of(issued), "artisanal-permit", "in-force")]


def test_the_next_due_instants_are_told_to_the_training_clock(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    due = case.step("screening")["due_at"]
    found = {row[0] for row in office.sql("select at from audit_v1.due")}
    assert due in found
    assert case.state.steps["screening"].warn_at in found
