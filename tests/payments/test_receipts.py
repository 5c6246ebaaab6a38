"""Receipts: signed, numbered without gaps, and verified by strangers with one file."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from payments_counter import Counter, verified

from contracts.payments.language import PaymentStatus
from kernel.authority import Power
from services.payments.acts.record_answer import record_answer
from services.payments.domain.payment import Answer
from services.payments.teller import provider_called
from tests.served import eventually


def receipt_of(counter: Counter, invoice: dict[str, Any]) -> dict[str, Any]:
    own = counter.payer("p1")
    code = counter.http.get(f"/v1/invoices/{invoice['id']}", headers=own).json()["receipt"]
    found: dict[str, Any] = counter.http.get(f"/v1/receipts/{code}", headers=own).json()
    return found


def test_a_receipt_is_verified_by_anybody_with_the_one_file(
    counter: Counter, tmp_path: Path
) -> None:
    invoice = counter.invoice()
    counter.begun(invoice)
    eventually(lambda: counter.paid(invoice), "the payment never arrived")
    receipt = receipt_of(counter, invoice)
    signed = {name: receipt[name] for name in ("body", "key", "signature")}
    key = counter.settings.keys / "public" / "payments-receipts.json"
    assert verified(signed, key, tmp_path) == 0
    forged = {**signed, "body": signed["body"] | {"number": 0}}
    assert verified(forged, key, tmp_path) == 1
    assert receipt["body"]["invoice"] == invoice["code"]
    assert receipt["body"]["paid"]["receipt"] == receipt["code"]
    assert sum(share["minor"] for share in receipt["body"]["shares"]) == 40_00
    assert receipt["body"]["training"] is True
    assert "2557" not in json.dumps(receipt)


def test_a_receipt_says_where_the_log_holds_it(counter: Counter) -> None:
    invoice = counter.invoice()
    counter.begun(invoice)
    eventually(lambda: counter.paid(invoice), "the payment never arrived")
    log = receipt_of(counter, invoice)["body"]["log"]
    found = counter.sql('select payload from log_leaf where "index" = %s', log["index"])
    assert found[0][0]["commitment"] == log["commitment"]
    assert found[0][0]["kind"] == "invoice.paid"


def test_receipts_are_numbered_without_gaps_whatever_fails_between(counter: Counter) -> None:
    counter.operator.fault(outcome="pending", callback="none")
    invoices = [counter.invoice() for _ in range(6)]
    payments = [UUID(counter.begun(invoice)) for invoice in invoices]
    before = counter.sql("select coalesce(max(number), 0) from receipt")[0][0]

    def post(payment: UUID, fails: bool) -> None:
        came = Answer(PaymentStatus.COMPLETED, f"MM{payment.hex}", "40.00", "EXD")
        with counter.works.open(provider_called("mobile-money")) as work:
            record_answer(work, counter.teller.desk, payment, came)
            if fails:
                raise InterruptedError

    with ThreadPoolExecutor(6) as posting:
        done = [posting.submit(post, p, n % 2 == 0) for n, p in enumerate(payments)]
    assert sum(one.exception() is not None for one in done) == 3
    for payment in payments[::2]:
        post(payment, fails=False)
    numbers = counter.sql("select number from receipt where number > %s order by 1", before)
    assert [row[0] for row in numbers] == list(range(before + 1, before + 7))


def test_a_receipt_is_shown_to_who_was_invoiced_who_paid_and_the_books_only(
    counter: Counter,
) -> None:
    invoice = counter.invoice()
    uncle = counter.payer("uncle")
    counter.pay(invoice, Authorization=uncle["Authorization"])
    eventually(lambda: counter.paid(invoice), "the payment never arrived")
    path = f"/v1/receipts/{receipt_of(counter, invoice)['code']}"
    ways = {
        "invoiced": (counter.payer("p1"), 200),
        "paid": (uncle, 200),
        "books": (counter.officer(Power.READ_LEDGER), 200),
        "stranger": (counter.payer("p2"), 404),
        "officer": (counter.officer(), 403),
        "nobody": ({}, 401),
    }
    assert {
        name: counter.http.get(path, headers=who).status_code for name, (who, _) in ways.items()
    } == {name: status for name, (_, status) in ways.items()}


@pytest.mark.parametrize("code", ["RCT-2026-000000-0", "nonsense", "%00"])
def test_a_code_that_is_none_is_refused_without_fuss(counter: Counter, code: str) -> None:
    answer = counter.http.get(f"/v1/receipts/{code}", headers=counter.payer("p1"))
    assert answer.status_code in (404, 422)
