"""Tracking: code and PIN answer where a file stands; five wrong PINs lock it."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from licensing_office import OfficeOfTests

from contracts.licensing.language import StepStatus
from kernel.calendar import Calendar, Duration, Unit, due
from kernel.codes import PublicCode
from kernel.law.plan import SilenceRule, StepKind
from services.licensing.domain.step import Step
from services.licensing.domain.tracked import day_of
from services.licensing.domain.tracking import hash_pin, is_pin

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CALLERS = count()
WEEK = Calendar(utc_offset_minutes=0, weekend=(6, 7))


def track(office: OfficeOfTests, code: str, pin: str) -> Any:
    """Ask as the portal does for a caller whose address nobody else has."""
    caller = {"X-Forwarded-For": f"10.0.{next(CALLERS) // 200}.{next(CALLERS) % 200}"}
    return office.client.post("/v1/track", json={"code": code, "pin": pin}, headers=caller)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**6:06d}"


def open_step(office: OfficeOfTests, case: str, opened: datetime, **more: Any) -> None:
    edition = office.desk.law.country.newest
    allowed = Duration(n=5, unit=Unit.WORKING_DAYS)
    calendar = office.desk.law.calendar(edition, "mines-north")
    members = {
        "kind": StepKind.QUESTION,
        "agency": "mines",
        "office": "mines-north",
        "status": StepStatus.OPEN,
        "allowed": allowed.model_dump(mode="json"),
        "silence": SilenceRule.ESCALATE,
        "due_at": due(opened, allowed, calendar),
    }
    with office.works.sessions.begin() as session:
        session.add(
            Step(
                application_id=UUID(case),
                step="screening",
                round=1,
                opened_at=opened,
                runs_from=opened,
                **members | more,
            )
        )


def test_the_status_sentence_has_step_office_phone_day_and_what_follows(
    office: OfficeOfTests,
) -> None:
    told = office.lodged(office.applicant())
    open_step(office, told["application"], office.now())
    answer = track(office, told["code"].lower().replace("-", " - "), told["pin"])
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["code"], shown["place"]) == (told["code"], told["filing_seq"])
    assert shown["training"] is True
    (step,) = shown["steps"]
    assert step["office_name"]["en"] == "Mining Office North"
    assert step["phone"] == "+255700100001"
    assert (step["day"], step["of"], step["unit"]) == (1, 5, "working-days")
    assert (step["if_late"], step["if_late_office"]) == ("escalate", "mines-south")
    assert {p["kind"] for p in shown["missing"]} == {
        "site-photograph",
        "landholder-consent",
        "environment-pledge",
    }


def test_nothing_of_holder_or_person_is_told(office: OfficeOfTests) -> None:
    told = office.lodged(office.applicant("private-person"))
    text = track(office, told["code"], told["pin"]).text
    assert "Green Hill" not in text
    assert "private-person" not in text


def test_five_wrong_pins_lock_the_code_and_tell_the_applicant_once(office: OfficeOfTests) -> None:
    told = office.lodged(office.applicant("owner-of-pin"))
    answers = [track(office, told["code"], wrong(told["pin"])) for _ in range(7)]
    assert [a.status_code for a in answers] == [404, 404, 404, 404, 429, 429, 429]
    assert [a.json().get("tries_left") for a in answers[:4]] == [4, 3, 2, 1]
    assert answers[4].json()["type"].endswith("tracking-locked")
    assert 3500 < int(answers[5].headers["Retry-After"]) <= 3600
    assert track(office, told["code"], told["pin"]).status_code == 429
    names = [row[1] for row in office.journal(told["application"])]
    assert names == ["application.lodged", "tracking.locked"]
    (notice,) = office.journal(told["application"])[1][4]["notices"]
    assert (notice["kind"], notice["to"]) == ("pin-locked", "public:owner-of-pin")


def test_after_an_hour_the_code_can_be_tried_again(office: OfficeOfTests) -> None:
    told = office.lodged(office.applicant())
    for _ in range(5):
        track(office, told["code"], wrong(told["pin"]))
    office.sql("update tries set since = since - interval '61 minutes'")
    assert track(office, told["code"], told["pin"]).status_code == 200


def test_a_right_pin_forgives_the_wrong_ones_before_it(office: OfficeOfTests) -> None:
    told = office.lodged(office.applicant())
    for _ in range(2):
        for _ in range(4):
            assert track(office, told["code"], wrong(told["pin"])).status_code == 404
        assert track(office, told["code"], told["pin"]).status_code == 200


def test_an_unknown_code_answers_like_a_wrong_pin(office: OfficeOfTests) -> None:
    told = office.lodged(office.applicant())
    known = track(office, told["code"], wrong(told["pin"])).json()
    unknown = track(office, str(PublicCode("AP", 2031, 999)), "123456").json()
    del known["instance"], unknown["instance"]
    assert known == unknown


def test_a_slip_in_the_code_costs_no_try(office: OfficeOfTests) -> None:
    for code, pin in (
        ("AP-2026-000001-Z", "123456"),
        ("AP-2026-0000T4-K", "12345"),
        ("??--", "1234"),
    ):
        assert track(office, code, pin).status_code == 422
    assert office.sql("select count(*) from tries where key like '%%AP-2026-0000T4%%'") == [(0,)]


def test_the_pin_is_kept_hashed_only(office: OfficeOfTests) -> None:
    told = office.lodged(office.applicant())
    ((kept,),) = office.sql("select pin_hash from application where id = %s", told["application"])
    assert told["pin"] not in kept
    assert is_pin(told["pin"], kept)
    assert not is_pin(wrong(told["pin"]), kept)
    assert not is_pin(told["pin"], None)
    assert hash_pin("123456", bytes(16)) != hash_pin("123456", bytes([1] * 16))


def _step(opened: datetime, allowed: Duration, **more: Any) -> Step:
    return Step(
        application_id=UUID(int=1),
        step="screening",
        round=1,
        kind=StepKind.QUESTION,
        agency="mines",
        office="mines-north",
        status=more.pop("status", StepStatus.OPEN),
        opened_at=opened,
        runs_from=opened,
        allowed=allowed.model_dump(mode="json"),
        silence=SilenceRule.ESCALATE,
        due_at=due(opened, allowed, WEEK),
    )


@pytest.mark.parametrize(
    ("later", "day"), [(0, 1), (23, 1), (25, 2), (24 * 4 + 1, 5), (24 * 5 + 1, 5), (24 * 30, 5)]
)
def test_days_are_counted_from_one_and_never_beyond_the_last(later: int, day: int) -> None:
    step = _step(MONDAY, Duration(n=5, unit=Unit.WORKING_DAYS))
    assert day_of(step, WEEK, MONDAY + timedelta(hours=later))[:2] == (day, 5)


def test_hours_are_counted_in_hours_and_months_in_days() -> None:
    hours = _step(MONDAY, Duration(n=48, unit=Unit.HOURS))
    assert day_of(hours, WEEK, MONDAY + timedelta(minutes=90)) == (2, 48, Unit.HOURS)
    months = _step(MONDAY, Duration(n=1, unit=Unit.MONTHS))
    assert day_of(months, WEEK, MONDAY + timedelta(hours=1)) == (1, 31, Unit.CALENDAR_DAYS)


def test_a_stopped_clock_counts_no_day() -> None:
    step = _step(MONDAY, Duration(n=5, unit=Unit.WORKING_DAYS), status=StepStatus.STOPPED)
    assert day_of(step, WEEK, MONDAY + timedelta(days=1))[0] is None


def test_the_pin_stands_in_clear_in_no_stored_answer(office: OfficeOfTests) -> None:
    who = office.applicant()
    draft, ground, key = office.ready(who), office.statement(), office.key()

    def lodge() -> Any:
        path = f"/v1/applications/{draft}/lodgement"
        return office.client.post(path, json={"ground": ground}, headers={**who, **key})

    first, again = lodge(), lodge()
    assert first.content == again.content
    pin = first.json()["pin"].encode()
    kept = office.sql("select answer from idempotency where answer is not null")
    assert [bytes(row[0]) for row in kept if pin in bytes(row[0])] == []
