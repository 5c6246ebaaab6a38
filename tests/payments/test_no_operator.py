"""An office without an account at a mobile-money operator: people are told, and nothing is lost."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from fastapi.testclient import TestClient
from payments_counter import Counter

from services.payments.app import create_app


@pytest.fixture
def unconnected(counter: Counter) -> Iterator[Counter]:
    """The same counter and the same books, told of no operator."""
    settings = counter.settings.model_copy(update={"mobile_money_url": None})
    app = create_app(settings)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield Counter(client, settings, counter.issuer, counter.operator, app)


def test_who_wants_to_pay_is_told_that_nobody_can_yet(unconnected: Counter) -> None:
    invoice = unconnected.invoice()
    answer = unconnected.pay(invoice)
    assert answer.status_code == 503
    problem = answer.json()
    assert problem["type"].endswith("no-operator-connected")
    assert problem["detail"] == "No mobile-money operator is connected yet"
    assert int(answer.headers["retry-after"]) == 3600
    begun = "select count(*) from payment_intent where invoice_id = %s"
    assert unconnected.sql(begun, invoice["id"]) == [(0,)]


def test_the_service_is_ready_and_says_what_it_lacks(
    counter: Counter, unconnected: Counter
) -> None:
    answer = unconnected.http.get("/readyz")
    assert answer.status_code == 200
    assert "No mobile-money operator is configured" in answer.json()["lacking"][0]
    assert counter.http.get("/readyz").json()["lacking"] == []


def test_a_payment_that_was_begun_before_holds_its_invoice_until_the_operator_is_there_again(
    counter: Counter, unconnected: Counter
) -> None:
    counter.operator.fault(outcome="pending")
    invoice = counter.invoice(due_in=timedelta(seconds=1))
    payment = counter.begun(invoice)
    counter.forward(timedelta(days=3))
    assert unconnected.teller.ask(UUID(payment)) is False
    assert unconnected.expire(invoice).not_before is not None


def test_a_callback_of_an_operator_nobody_named_is_to_come_again(unconnected: Counter) -> None:
    path = "/v1/providers/mobile-money/callbacks"
    told = {"transactionReference": "T1", "transactionStatus": "completed"}
    answer: httpx.Response = unconnected.http.post(path, json=told)
    assert answer.status_code == 503
