"""Facts of the other services: in their own order, once, and what they change here."""

from uuid import uuid4

from licensing_office import OfficeOfTests
from played_case import PlayedCase, play

from contracts import procedures as p
from kernel.events import CaseRef, Source


def test_a_repeated_fact_gets_the_same_answer(office: OfficeOfTests) -> None:
    case = play(office)
    first = case.told(Source.CADASTRE, 1, "area.entered", hectares="6.4", junior_to=0)
    again = case.told(Source.CADASTRE, 1, "area.entered", hectares="6.4", junior_to=0)
    assert first.event is not None
    assert first == again
    assert case.facts().count("area.entered") == 1
    assert first.event.payload["source"] == "cadastre"
    assert first.event.payload["source_seq"] == 1


def test_a_gap_is_told_and_nothing_is_written(office: OfficeOfTests) -> None:
    case = play(office)
    answer = case.told(Source.CADASTRE, 2, "area.displaced", by_seq=1, hectares="1.0")
    assert answer == p.FactRecorded(missing_after=0)
    assert case.facts() == ["application.lodged"]
    case.told(Source.CADASTRE, 1, "area.entered", hectares="6.4", junior_to=0)
    assert case.told(Source.CADASTRE, 2, "area.displaced", by_seq=1, hectares="1.0").event


def test_sources_are_counted_apart(office: OfficeOfTests) -> None:
    case = play(office)
    assert case.told(Source.MESSAGES, 1, "notice.sent", notice="n", kind="k", channel="sms").event
    assert case.told(Source.CADASTRE, 1, "area.entered", hectares="6.4", junior_to=0).event
    assert case.told(Source.MESSAGES, 2, "notice.sent", notice="m", kind="k", channel="sms").event


def test_who_is_displaced_is_told_by_whom_in_number_and_hectares(office: OfficeOfTests) -> None:
    case = play(office)
    case.told(Source.CADASTRE, 1, "area.entered", hectares="6.4", junior_to=1)
    case.told(Source.CADASTRE, 2, "area.displaced", by_seq=7, hectares="2.5")
    told = case.fact("area.displaced")[4]["notices"][0]
    assert told["kind"] == "area-displaced"
    assert told["params"]["hectares"] == "2.5"
    row = office.sql("select status, junior_to from area_state where application_id = %s", case.id)
    assert row == [("entered", 1)]


def test_several_seniors_are_told_in_one_notice(office: OfficeOfTests) -> None:
    case = play(office)
    case.told(Source.CADASTRE, 1, "area.entered", hectares="6.4", junior_to=1000)
    case.told(Source.CADASTRE, 2, "area.displaced", by_seq=999, hectares="2.5", count=1000)
    (told,) = case.fact("area.displaced")[4]["notices"]
    assert told["kind"] == "area-displaced-many"
    assert told["params"] == {
        "code": case.code, "count": "1000", "seq": "999", "hectares": "2.5",
    }


def test_ground_that_came_free_is_told_to_whom_it_was_taken_from(office: OfficeOfTests) -> None:
    case = play(office)
    case.told(Source.CADASTRE, 1, "area.entered", hectares="6.4", junior_to=1)
    case.told(Source.CADASTRE, 2, "area.freed", by_seq=7, hectares="2.5", net_hectares="6.4")
    (told,) = case.fact("area.freed")[4]["notices"]
    assert (told["kind"], told["params"]) == (
        "area-freed", {"code": case.code, "hectares": "2.5"},
    )


def test_being_displaced_does_not_undo_a_grant(office: OfficeOfTests) -> None:
    case = play(office)
    case.told(Source.CADASTRE, 1, "area.entered", hectares="6.4", junior_to=0)
    case.told(Source.CADASTRE, 2, "area.granted")
    case.told(Source.CADASTRE, 3, "area.displaced", by_seq=7, hectares="2.5", count=1)
    row = office.sql("select status from area_state where application_id = %s", case.id)
    assert row == [("granted",)]


def test_a_paid_invoice_ends_its_fee_step(office: OfficeOfTests) -> None:
    case = play(office).go_on()
    step = case.step("application-fee")
    assert (step["status"], step["outcome"]) == ("decided", "approved")
    assert case.state.steps["application-fee"].over


def test_an_expired_invoice_ends_the_case(office: OfficeOfTests) -> None:
    case = play(office, pays=False).go_on()
    due = case.until_due("application-fee")
    told = {"step": "application-fee", "round": 1, "invoice": str(uuid4())}
    case.tell(Source.PAYMENTS, "invoice.expired", **told, legal_at=due, due_at=due.isoformat())
    case.go_on()
    assert case.step("application-fee")["outcome"] == "unpaid"
    assert case.state.closed == "lapsed"
    status = office.sql("select status, wound_up from application where id = %s", case.id)
    assert status == [("lapsed", True)]
    assert "application-lapsed" in str(case.fact("case.closed")[4])


def test_open_cases_are_listed_until_their_end_is_journalled(office: OfficeOfTests) -> None:
    case = play(office)
    listed = case.cases.open_cases(p.PageRef(limit=500)).applications
    assert case.id in listed
    case.go_on()
    who = case.officer("screening")
    case.post(who, "screening", "decision", {"outcome": "refused", "reasons": "no"})
    assert case.id in case.cases.open_cases(p.PageRef(limit=500)).applications
    case.go_on()
    assert case.id not in case.cases.open_cases(p.PageRef(limit=500)).applications


def test_cases_that_have_ended_are_listed_while_they_owe_something(office: OfficeOfTests) -> None:
    def listed(case: PlayedCase) -> bool:
        return case.id in case.cases.open_cases(p.PageRef(limit=5000)).applications

    case = play(office).decided_up_to()
    case.issue()
    case.go_on()
    assert case.state.closed == "granted"
    assert listed(case)
    case.tell(Source.CADASTRE, "area.confirmed")
    assert not listed(case)
    office.sql(
        "delete from certificate using licence where licence_id = licence.id"
        " and application_id = %s", case.id,
    )
    assert listed(case)
    unpaid = play(office, pays=False, enters=False).go_on()
    office.sql("update application set status = 'withdrawn', wound_up = true where id = %s",
               unpaid.id)
    assert not listed(unpaid)
    office.sql("update step set status = 'closed' where application_id = %s", unpaid.id)
    assert listed(unpaid)
    told = {"step": "application-fee", "round": 1, "invoice": str(uuid4())}
    unpaid.tell(Source.PAYMENTS, "invoice.voided", **told)
    assert not listed(unpaid)


def test_reviving_queues_the_newest_fact_once_more(office: OfficeOfTests) -> None:
    case = play(office)
    before = office.sql("select count(*) from outbox where subject = %s", case.id)[0][0]
    case.cases.revive_case(CaseRef(subject=case.id))
    rows = office.sql("select event from outbox where subject = %s order by id", case.id)
    assert len(rows) == before + 1
    assert rows[-1][0]["name"] == "application.lodged"
