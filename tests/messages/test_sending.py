"""Sending: once, through outages, in the reader's language, or failed with a reason."""

from uuid import UUID, uuid4

import httpx
import pytest
from post_office import PostOffice

from contracts.messages.language import Channel
from contracts.procedures import EventRange
from contracts.wording import text_param
from kernel.events import EditionRef
from services.messages.acts.plan_sendings import plan_sendings
from services.messages.acts.record_sent import record_sent
from services.messages.dispatch import BY
from tests.served import eventually

NO_EDITION = EditionRef(country="", edition="", hash="")


def test_the_same_command_and_the_same_notice_are_one_text(office: PostOffice) -> None:
    sub, number = office.subscriber()
    notice, case = uuid4(), uuid4()
    first = office.command(f"public:{sub}", case=case, notice=notice)
    other_key = office.command(f"public:{sub}", case=case, notice=notice, key=f"{case}:again")
    for command in (first, first, other_key):
        office.telling.send_notice(command)
    office.send()
    office.send()
    assert len(office.telecom.phone(number)) == 1
    assert [name for name, _ in office.journal(case)] == ["notice.sent"]


def test_a_report_that_comes_twice_is_one_delivery(office: PostOffice) -> None:
    sub, number = office.subscriber()
    office.telecom.fault(number, report="twice")
    notice = office.hand_over(f"public:{sub}", case=uuid4())
    office.send()
    eventually(lambda: office.delivered(notice), "no report of the text came")
    at = office.row(notice)["delivered_at"]
    answer = office.http.post(
        f"/v1/delivery/reports/sms?word={office.row(notice)['report_word']}",
        json={"reference": str(notice), "status": "delivered"},
    )
    assert answer.json() == {"taken": True}
    leaves = office.sql(
        "select count(*) from audit_v1.log_entries"
        " where convert_from(leaf, 'UTF8') like %s and convert_from(leaf, 'UTF8') like %s",
        "%notice.delivered%",
        f"%{notice}%",
    )
    assert (office.row(notice)["delivered_at"], leaves) == (at, [(1,)])


def test_what_arrived_cannot_fail_afterwards(office: PostOffice) -> None:
    sub, _ = office.subscriber()
    case = uuid4()
    notice = office.hand_over(f"public:{sub}", case=case)
    office.send()
    eventually(lambda: office.delivered(notice), "no report of the text came")
    path = f"/v1/delivery/reports/sms?word={office.row(notice)['report_word']}"
    office.http.post(path, json={"reference": str(notice), "status": "failed"})
    assert office.row(notice)["failed"] is None
    assert [name for name, _ in office.journal(case)] == ["notice.sent"]


@pytest.mark.parametrize("word", ["", "a-guess"])
def test_a_report_without_its_word_changes_nothing(office: PostOffice, word: str) -> None:
    sub, number = office.subscriber()
    office.telecom.fault(number, delivery="silent")
    notice = office.hand_over(f"public:{sub}")
    office.send()
    for status in ("delivered", "failed"):
        told = {"reference": str(notice), "status": status}
        answer = office.http.post(f"/v1/delivery/reports/sms?word={word}", json=told)
        assert (answer.status_code, answer.json()) == (200, {"taken": True})
    assert (office.row(notice)["delivered_at"], office.row(notice)["failed"]) == (None, None)


def test_a_report_about_nothing_of_ours_is_passed_over(office: PostOffice) -> None:
    for reference in (str(uuid4()), "no-uuid", "x" * 100):
        answer = office.http.post(
            "/v1/delivery/reports/sms?word=w", json={"reference": reference, "status": "delivered"}
        )
        assert answer.json() == {"taken": True}
    unknown = office.http.post(
        "/v1/delivery/reports/pigeon", json={"reference": "r", "status": "delivered"}
    )
    assert unknown.status_code == httpx.codes.NOT_FOUND


def test_a_report_may_overtake_the_gateways_own_answer(office: PostOffice) -> None:
    sub, _ = office.subscriber()
    case = uuid4()
    notice = office.hand_over(f"public:{sub}", case=case)
    office.http.post(
        f"/v1/delivery/reports/sms?word={office.row(notice)['report_word']}",
        json={"reference": str(notice), "status": "delivered"},
    )
    office.works.run(BY, lambda work: record_sent(work, notice, "the-gateways-name"))
    row = office.row(notice)
    assert (row["sent_at"], row["next_try"]) != (None, None)
    assert row["provider_ref"] == "the-gateways-name"
    assert row["delivered_at"] is not None
    assert [name for name, _ in office.journal(case)] == ["notice.sent"]


@pytest.mark.parametrize(
    ("to", "kind", "params", "why"),
    [
        (f"public:{UUID(int=7)}", "receipt-confirmed", {"code": "A", "seq": "1"}, "no-address"),
        ("public:not-a-subscriber", "receipt-confirmed", {"code": "A", "seq": "1"}, "no-address"),
        ("office:nowhere", "office-issuance-returned", {"code": "A", "reason": "B"}, "no-address"),
        ("office:mines-north", "office-issuance-returned", {"code": "A"}, "text-incomplete"),
        (
            "office:mines-north", "office-issuance-returned",
            {"code": "A", "reason": text_param("no.such-text")}, "text-incomplete",
        ),
        ("office:mines-north", "no-such-notice", {}, "no-text"),
    ],
)
def test_what_cannot_be_told_fails_with_its_reason(
    office: PostOffice, to: str, kind: str, params: dict[str, str], why: str
) -> None:
    case = uuid4()
    notice = office.hand_over(to, kind, case=case, params=params)
    office.send()
    assert office.row(notice)["failed"] == why
    ((name, told),) = office.journal(case)
    assert (name, told["reason"]) == ("notice.failed", why)


def test_a_blocked_or_released_number_is_told_nothing(office: PostOffice) -> None:
    blocked, released = office.subscriber(), office.subscriber()
    office.sql("update subscriber set blocked_at = now() where id = %s", blocked[0])
    office.sql("update subscriber set released_at = now() where id = %s", released[0])
    first, second = (office.hand_over(f"public:{sub}") for sub in (blocked[0], released[0]))
    office.send()
    assert office.row(first)["failed"] == "blocked"
    assert office.row(second)["failed"] == "no-address"
    assert office.telecom.phone(blocked[1]) == office.telecom.phone(released[1]) == []


def test_everybody_is_told_in_their_own_language(office: PostOffice) -> None:
    edition = office.desk.country.newest
    for language in edition.rules.country.languages:
        sub, number = office.subscriber(language=language)
        office.hand_over(f"public:{sub}")
        office.send()
        said = edition.notice("receipt-confirmed").texts[language]
        said = said.replace("{code}", "AMP-2026-000123-X").replace("{seq}", "17")
        assert [text["body"] for text in office.telecom.phone(number)] == [said]


def test_what_the_law_has_names_for_is_named_in_the_readers_language(office: PostOffice) -> None:
    edition = office.desk.country.newest
    title = edition.paper("members-list").title
    params = {"code": "AMP-1", "paper": text_param(title), "until": "2026-03-02"}
    named = edition.rules.texts[title]
    assert len(set(named.values())) == len(edition.rules.country.languages)
    for language, name in named.items():
        sub, number = office.subscriber(language=language)
        office.hand_over(f"public:{sub}", "paper-missing", params=params)
        office.send()
        text = edition.notice("paper-missing").texts[language]
        said = text.format(code="AMP-1", paper=name, until="2026-03-02")
        assert [one["body"] for one in office.telecom.phone(number)] == [said]


def test_a_notice_about_no_case_stands_on_todays_law_and_tells_no_workflow(
    office: PostOffice,
) -> None:
    sub, number = office.subscriber()
    notice = office.hand_over(f"public:{sub}", edition=NO_EDITION)
    office.send()
    assert office.row(notice)["sent_at"] is not None
    assert len(office.telecom.phone(number)) == 1
    assert office.sql("select count(*) from outbox where event::text like %s", f"%{notice}%") == [
        (0,)
    ]


def test_an_agency_is_told_at_all_its_offices(office: PostOffice) -> None:
    told = {"code": "AMP-2026-000999-X", "reason": "The ground is taken"}
    office.hand_over("agency:mines", "office-issuance-returned", params=told)
    office.send()
    for one in office.desk.country.newest.offices_of("mines"):
        assert "AMP-2026-000999-X" in office.telecom.mailbox(one.email)[-1]["body"]


def test_two_dispatches_send_nothing_twice(office: PostOffice) -> None:
    sub, number = office.subscriber()
    notices = [office.hand_over(f"public:{sub}") for _ in range(6)]
    both = [office.dispatch(), office.dispatch()]
    for dispatch in both:
        dispatch.every = 0.05
        dispatch.start()
    eventually(lambda: all(office.delivered(one) for one in notices), "not all were delivered")
    for dispatch in both:
        dispatch.end()
    assert len(office.telecom.phone(number)) == len(notices)


def test_a_sending_that_died_half_way_is_taken_up_after_its_lease(office: PostOffice) -> None:
    sub, number = office.subscriber()
    notice = office.hand_over(f"public:{sub}")
    taken = office.works.run(BY, lambda work: plan_sendings(work, office.desk, Channel.SMS, 20))
    assert [one.notice for one in taken] == [notice]
    office.send()
    assert office.telecom.phone(number) == []
    office.retry_now()
    office.send()
    assert len(office.telecom.phone(number)) == 1


def test_facts_can_be_read_again(office: PostOffice) -> None:
    sub, _ = office.subscriber()
    case = uuid4()
    for _ in range(2):
        office.hand_over(f"public:{sub}", case=case)
    office.send()
    found = office.telling.events_between(EventRange(case=case, after=1)).events
    assert [(one.source.value, one.seq, one.name) for one in found] == [
        ("messages", 2, "notice.sent")
    ]
