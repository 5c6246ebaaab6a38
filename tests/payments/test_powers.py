"""Who may do what: each act and each route, by everybody who might try."""

from typing import Any
from uuid import uuid4

import pytest
from payments_counter import Counter

from chassis.powers import powers_of
from kernel.authority import Power
from tests.served import eventually

BOOKS = (
    "/ledger",
    "/ledger/balances",
    "/beneficiaries/treasury/statement",
    "/unmatched",
    "/shares",
    "/schedules",
)


def kinds(counter: Counter) -> dict[str, dict[str, str]]:
    return {
        "nobody": {},
        "payer": counter.payer("p1"),
        "stranger": counter.payer("p2"),
        "officer": counter.officer(),
        "reader": counter.officer(Power.READ_CASES),
        "books": counter.officer(Power.READ_LEDGER),
    }


def statuses(counter: Counter, path: str) -> dict[str, int]:
    return {
        name: counter.http.get(f"/v1{path}", headers=who).status_code
        for name, who in kinds(counter).items()
    }


def test_every_route_declares_its_rule(counter: Counter) -> None:
    told = {
        (row.method, row.path): (row.rule.caller.value, [p.value for p in row.rule.powers])
        for row in powers_of(counter.app)
        if row.path.startswith("/v1") and not row.path.startswith("/v1/log")
    }
    books = ("staff", ["read-ledger"])
    figures = ("staff", ["read-statistics", "read-ledger", "audit"])
    signed_in, public = ("anybody-signed-in", []), ("public", [])
    assert told == {
        ("POST", "/v1/quotes"): public,
        ("POST", "/v1/providers/{name}/callbacks"): public,
        ("GET", "/v1/invoices"): signed_in,
        ("GET", "/v1/invoices/{ref}"): signed_in,
        ("GET", "/v1/invoices/{ref}/payments"): signed_in,
        ("POST", "/v1/invoices/{ref}/payments"): signed_in,
        ("GET", "/v1/payments/{payment}"): signed_in,
        ("GET", "/v1/receipts/{code}"): signed_in,
        ("GET", "/v1/ledger"): books,
        ("GET", "/v1/ledger/balances"): books,
        ("GET", "/v1/beneficiaries/{beneficiary}/statement"): books,
        ("GET", "/v1/unmatched"): books,
        ("GET", "/v1/shares"): books,
        ("GET", "/v1/statistics/money"): figures,
        ("GET", "/v1/statistics/money/rows"): figures,
        ("GET", "/v1/statistics/received"): public,
        ("GET", "/v1/schedules"): books,
        ("GET", "/v1/schedules/{number}"): books,
    }


@pytest.mark.parametrize("path", BOOKS)
def test_the_books_are_open_to_their_officers_only(counter: Counter, path: str) -> None:
    counter.begun(invoice := counter.invoice())
    eventually(lambda: counter.paid(invoice), "the payment never arrived")
    assert statuses(counter, path) == {
        "nobody": 401,
        "payer": 403,
        "stranger": 403,
        "officer": 403,
        "reader": 403,
        "books": 200,
    }


def test_an_invoice_is_found_by_its_id_by_its_own_people_only(counter: Counter) -> None:
    invoice = counter.invoice()
    assert statuses(counter, f"/invoices/{invoice['id']}") == {
        "nobody": 401,
        "payer": 200,
        "stranger": 404,
        "officer": 404,
        "reader": 404,
        "books": 200,
    }


def test_whoever_knows_the_code_sees_what_is_due_and_nothing_of_the_case(counter: Counter) -> None:
    invoice = counter.invoice()
    path = f"/v1/invoices/{invoice['code'].lower().replace('-', ' ')}"
    seen = counter.http.get(path, headers=counter.payer("p2")).json()
    assert seen["amount"] == {"minor": 40_00, "currency": "EXD"}
    hidden = ("application", "application_code", "step", "round", "receipt")
    assert [seen[name] for name in hidden] == [None] * 5
    assert (seen["lines"], seen["shares"]) == ([], [])
    own = counter.http.get(path, headers=counter.payer("p1")).json()
    assert own["application"] == str(invoice["application_id"])
    assert sum(one["amount"]["minor"] for one in own["shares"]) == 40_00


def test_a_stranger_who_pays_gains_no_right(counter: Counter) -> None:
    invoice = counter.invoice()
    uncle = counter.payer("uncle")
    begun = counter.pay(invoice, Authorization=uncle["Authorization"])
    assert begun.status_code == 202
    eventually(lambda: counter.paid(invoice), "the payment never arrived")
    payment = f"/v1/payments/{begun.json()['id']}"
    assert counter.http.get(payment, headers=uncle).status_code == 200
    assert counter.http.get(f"/v1/invoices/{invoice['id']}", headers=uncle).status_code == 404
    tries = f"/v1/invoices/{invoice['id']}/payments"
    assert counter.http.get(tries, headers=uncle).status_code == 404
    case = counter.journal(invoice["application_id"])
    assert "uncle" not in str(case)


def test_a_payment_is_followed_by_who_began_it_and_the_books_only(counter: Counter) -> None:
    counter.operator.fault(outcome="pending")
    payment = counter.begun(counter.invoice())
    assert statuses(counter, f"/payments/{payment}") == {
        "nobody": 401,
        "payer": 200,
        "stranger": 404,
        "officer": 403,
        "reader": 403,
        "books": 200,
    }


def test_nobody_pays_without_having_signed_in(counter: Counter) -> None:
    invoice = counter.invoice()
    asked: dict[str, Any] = {"msisdn": "+255700000001"}
    answer = counter.http.post(
        f"/v1/invoices/{invoice['code']}/payments",
        json=asked,
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 401


def test_the_number_of_a_phone_never_comes_back(counter: Counter) -> None:
    counter.operator.fault(outcome="pending")
    invoice = counter.invoice()
    began = counter.pay(invoice, "+255733444555")
    books = counter.officer(Power.READ_LEDGER)
    told = [
        began.text,
        counter.http.get(f"/v1/payments/{began.json()['id']}", headers=books).text,
        counter.http.get(f"/v1/invoices/{invoice['id']}/payments", headers=books).text,
        str(counter.sql("select payload from journal")),
        str(counter.sql("select payload from log_leaf")),
        str(counter.sql("select answer from idempotency")),
        str(counter.sql("select event from outbox")),
    ]
    assert not [one for one in told if "733444555" in one]


def test_a_list_of_invoices_is_ones_own_and_of_a_case_for_officers(counter: Counter) -> None:
    mine = counter.invoice()
    other = counter.invoice(payer="public:p9")
    own = counter.http.get("/v1/invoices?limit=500", headers=counter.payer("p1")).json()
    codes = {one["code"] for one in own["invoices"]}
    assert mine["code"] in codes
    assert other["code"] not in codes
    path = f"/v1/invoices?application={other['application_id']}"
    asked = {
        name: [one["code"] for one in counter.http.get(path, headers=who).json()["invoices"]]
        for name, who in kinds(counter).items()
        if name != "nobody"
    }
    assert asked == {
        "payer": [],
        "stranger": [],
        "officer": [],
        "reader": [],
        "books": [other["code"]],
    }


def test_the_api_is_described_with_its_powers(counter: Counter) -> None:
    told = counter.http.get("/openapi.json").json()
    assert told["paths"]["/v1/ledger"]["get"]["x-powers"]["any_of"] == ["read-ledger"]
    assert told["paths"]["/v1/providers/{name}/callbacks"]["post"]["x-powers"]["who"] == "public"
