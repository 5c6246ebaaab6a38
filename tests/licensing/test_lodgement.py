"""Lodging: one transaction, one number, one signed receipt."""

from licensing_office import OfficeOfTests


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
    journal = office.journal(draft)
    assert [row[1] for row in journal] == ["application.lodged"]
    rows = office.sql("select workflow_id, event from outbox where subject = %s", draft)
    assert [row[0] for row in rows] == [f"application:{draft}"]
    assert rows[0][1]["payload"]["filing_seq"] == told["filing_seq"]
