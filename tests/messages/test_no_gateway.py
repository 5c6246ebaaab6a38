"""An office that has no gateway yet: what it would send is kept, and it says what is missing."""

from collections.abc import Iterator

import httpx
import pytest
import structlog
from fastapi.testclient import TestClient
from phone_client import Client
from post_office import PostOffice, new_number

from chassis.process import tell_what_is_lacking
from services.messages.app import create_app
from services.messages.dispatch import Dispatch
from services.messages.gateways.nowhere import mail_of, texts_of
from services.messages.settings import Settings
from tests.served import eventually

TOLD = {"code": "AMP-2026-000123-X", "reason": "The ground is taken"}


@pytest.fixture
def unconnected(office: PostOffice) -> Settings:
    return office.settings.model_copy(update={"sms_url": None, "smtp_host": None})


@pytest.fixture
def door(unconnected: Settings) -> Iterator[httpx.Client]:
    with TestClient(create_app(unconnected), base_url="http://127.0.0.1") as client:
        yield client


def test_texts_and_mails_wait_until_a_gateway_is_named(
    office: PostOffice, unconnected: Settings
) -> None:
    sub, number = office.subscriber()
    address = office.desk.country.newest.office("mines-north").email
    text = office.hand_over(f"public:{sub}")
    mail = office.hand_over("office:mines-north", "office-issuance-returned", params=TOLD)
    worker = Dispatch(office.works, office.desk, texts_of(unconnected), mail_of(unconnected))
    with structlog.testing.capture_logs() as said:
        assert (worker.send_texts(), worker.send_mail()) == (0, 0)
    assert {one["error"] for one in said} == {
        "none is configured (CORNERPOST_MESSAGES_SMS_URL)",
        "none is configured (CORNERPOST_MESSAGES_SMTP_HOST)",
    }
    for notice in (text, mail):
        row = office.row(notice)
        assert (row["sent_at"], row["failed"], row["attempts"]) == (None, None, 1)
        assert row["next_try"] is not None
    office.retry_now()
    office.send()
    eventually(lambda: office.delivered(text), "the text did not go when it could")
    assert len(office.telecom.phone(number)) == 1
    assert any(TOLD["code"] in one["body"] for one in office.telecom.mailbox(address))


def test_the_service_is_ready_and_says_what_it_lacks(
    office: PostOffice, door: httpx.Client
) -> None:
    answer = door.get("/readyz")
    assert answer.status_code == 200
    texts, mails = answer.json()["lacking"]
    assert ("No SMS gateway" in texts, "No mail server" in mails) == (True, True)
    assert office.http.get("/readyz").json()["lacking"] == []


def test_every_process_says_in_its_log_what_it_lacks(unconnected: Settings) -> None:
    with structlog.testing.capture_logs() as said:
        tell_what_is_lacking(unconnected)
    assert [one["what"] for one in said] == list(unconnected.lacking)
    assert len(said) == 2


def test_who_wants_to_sign_in_by_phone_is_told_that_no_code_can_be_sent(
    office: PostOffice, door: httpx.Client
) -> None:
    client = Client(office, door)
    client.ask()
    answer = client.fill(phone=new_number())
    assert (answer.status_code, "could not be sent" in answer.text) == (503, True)
