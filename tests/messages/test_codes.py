"""One-time codes: five tries, five minutes, so many an hour, and in no log."""

import io
from datetime import timedelta

import httpx
import pytest
import structlog
from phone_client import Client
from post_office import PostOffice, new_number

from services.messages.domain.number import read_code, read_number
from services.messages.domain.one_time_code import LIFETIME, tries_key
from tests.plain_logs import plain_logs


def asked(office: PostOffice, number: str) -> Client:
    """A browser that stands before the page for the code."""
    client = office.keycloak()
    client.ask()
    assert client.fill(phone=number).status_code == 200
    return client


def wrong(office: PostOffice, number: str) -> str:
    return f"{(int(office.telecom.code(number)) + 1) % 10**6:06d}"


def test_the_fifth_wrong_code_ends_the_code(office: PostOffice) -> None:
    number = new_number()
    client, guess = asked(office, number), wrong(office, number)
    for left in (4, 3, 2, 1):
        answer = client.fill("/code", code=guess)
        assert (answer.status_code, f"Tries left: {left}" in answer.text) == (400, True)
    for code in (guess, office.telecom.code(number)):
        answer = client.fill("/code", code=code)
        assert (answer.status_code, "no longer good" in answer.text) == (400, True)


def test_a_new_code_may_be_asked_for_and_ends_the_one_before(office: PostOffice) -> None:
    number = new_number()
    client, first = asked(office, number), office.telecom.code(number)
    assert client.fill("/again").status_code == 200
    second = office.telecom.code(number)
    if first != second:
        assert client.fill("/code", code=first).status_code == 400
    assert client.landed(client.fill("/code", code=second))["code"]


def test_a_code_is_good_for_five_minutes(office: PostOffice) -> None:
    number = new_number()
    client = asked(office, number)
    office.age(LIFETIME)
    answer = client.fill("/code", code=office.telecom.code(number))
    assert (answer.status_code, "no longer good" in answer.text) == (400, True)
    other = new_number()
    client = asked(office, other)
    office.age(LIFETIME - timedelta(seconds=10))
    assert client.landed(client.fill("/code", code=office.telecom.code(other)))["code"]


def test_the_training_clock_ends_no_code(office: PostOffice) -> None:
    number = new_number()
    client = asked(office, number)
    office.sql("update clock set offset_seconds = offset_seconds + 86400")
    assert client.landed(client.fill("/code", code=office.telecom.code(number)))["code"]


def test_a_number_is_sent_so_many_codes_an_hour(office: PostOffice) -> None:
    number = new_number()
    for _ in range(office.settings.codes_an_hour):
        asked(office, number)
    client = office.keycloak()
    client.ask()
    answer = client.fill(phone=number)
    assert (answer.status_code, "Too many codes" in answer.text) == (429, True)
    assert 0 < int(answer.headers["retry-after"]) <= 3600
    assert len(office.telecom.phone(number)) == office.settings.codes_an_hour
    assert asked(office, new_number())
    office.age(timedelta(hours=1))
    assert asked(office, number)


def test_a_right_code_gives_the_number_its_codes_back(office: PostOffice) -> None:
    number = new_number()
    for _ in range(office.settings.codes_an_hour + 2):
        assert office.keycloak().answer(number)["code"]


def test_an_address_is_sent_so_many_codes_an_hour(office: PostOffice) -> None:
    address = "198.51.100.7"
    most = office.settings.codes_an_hour_from_address
    client = office.keycloak()
    client.browser.headers["x-forwarded-for"] = address
    key = tries_key("address", address, office.desk.pepper)
    for _ in range(most):
        office.app.state.tries.spend(key, most, timedelta(hours=1))
    client.ask()
    number = new_number()
    assert client.fill(phone=number).status_code == 429
    assert office.telecom.phone(number) == []


def test_a_code_that_cannot_be_sent_is_not_sent_later(office: PostOffice) -> None:
    number = new_number()
    office.telecom.fault(number, down=True)
    client = office.keycloak()
    client.ask()
    answer = client.fill(phone=number)
    assert (answer.status_code, "could not be sent" in answer.text) == (503, True)
    office.telecom.clear()
    office.send()
    assert office.telecom.phone(number) == []
    assert client.fill(phone=number).status_code == 200
    assert client.landed(client.fill("/code", code=office.telecom.code(number)))["code"]


def test_neither_code_nor_number_is_logged_or_kept_in_the_open(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = io.StringIO()
    structlog.reset_defaults()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(lines))
    number = new_number()
    client = asked(office, number)
    code = office.telecom.code(number)
    client.fill("/code", code=wrong(office, number))
    client.landed(client.fill("/code", code=code))
    structlog.reset_defaults()
    plain_logs()
    assert "/phone/code" in lines.getvalue()
    assert code not in lines.getvalue()
    assert number not in lines.getvalue()
    kept = office.sql(
        "select n::text || c::text || s::text || l::text from notice n"
        " join one_time_code c on c.notice_id = n.id left join sign_in s on s.code_id = c.id"
        " left join log_leaf l on true where c.phone = %s",
        number,
    )
    assert all(row[0] is None or f"({code}," not in row[0] for row in kept)
    rows = office.sql("select params::text from notice where kind = 'one-time-code'")
    assert {row[0] for row in rows} == {"{}"}
    assert office.sql(
        "select count(*) from log_leaf where payload::text like %s", f"%{number[1:]}%"
    ) == [(0,)]
    assert office.sql("select count(*) from tries where key like %s", f"%{number[1:]}%") == [(0,)]


def test_what_is_over_is_forgotten(office: PostOffice) -> None:
    asked(office, new_number())
    office.age(timedelta(minutes=30))
    dispatch = office.dispatch()
    dispatch.tidy()
    dispatch.texts.close()
    assert office.sql("select count(*) from one_time_code") == [(0,)]
    assert office.sql("select count(*) from sign_in") == [(0,)]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+255 700-000 (123)", "+255700000123"),
        ("00255700000123", "+255700000123"),
        ("0700 000 123", "+255700000123"),
        ("+٢٥٥ ٧٠٠ ٠٠٠ ١٢٣", "+255700000123"),
        ("700000123", None),
        ("+0700000123", None),
        ("+25570000012312345", None),
        ("+255<script>", None),
        ("", None),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, number: str | None) -> None:
    assert read_number(typed, "+255") == number


def test_a_national_number_needs_a_country() -> None:
    assert read_number("0700000123") is None


def test_codes_are_read_as_people_write_them() -> None:
    assert read_code(" 123 456 ") == "123456"
    assert read_code("١٢٣٤٥٦") == "123456"


def test_what_is_no_number_is_asked_for_again_with_what_was_typed(office: PostOffice) -> None:
    client = office.keycloak()
    client.ask()
    answer = client.fill(phone='"><b>1')
    assert (answer.status_code, "no telephone number" in answer.text) == (400, True)
    assert "<b>" not in answer.text
    assert client.fill(phone=new_number()).status_code == httpx.codes.OK
