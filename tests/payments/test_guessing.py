"""Codes of invoices are numbers in a row: knowing one is enough to pay, guessing them is not."""

from collections.abc import Iterator
from itertools import count
from uuid import uuid4

import httpx
import pytest
from payments_counter import Counter

from kernel.authority import Power
from kernel.codes import PublicCode
from services.payments.domain.payment import LIMITS

LIMIT = LIMITS.invoices_of_others


@pytest.fixture
def guesser(counter: Counter) -> dict[str, str]:
    return counter.payer(f"g-{uuid4()}")


def read(counter: Counter, who: dict[str, str], code: str) -> httpx.Response:
    return counter.http.get(f"/v1/invoices/{code}", headers=who)


def nobodys() -> Iterator[str]:
    """Codes that are spelled as they should be, of invoices that there are not."""
    return (str(PublicCode("INV", 2026, number)) for number in count(900_000))


def must_be_stopped(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (429, "too-many")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600


def test_whoever_guesses_codes_is_stopped_whether_he_guesses_right_or_wrong(
    counter: Counter, guesser: dict[str, str]
) -> None:
    there = counter.invoice(payer="public:owner")["code"]
    codes = nobodys()
    for n in range(LIMIT):
        right = n % 2 == 0
        answer = read(counter, guesser, there if right else next(codes))
        assert answer.status_code == (200 if right else 404)
    for code in (there, next(codes)):
        must_be_stopped(read(counter, guesser, code))
    stopped = counter.pay({"code": there}, **guesser)
    must_be_stopped(stopped)
    assert read(counter, counter.payer(f"g-{uuid4()}"), there).status_code == 200
    assert read(counter, counter.payer("owner"), there).status_code == 200


def test_codes_are_not_guessed_by_paying_either(counter: Counter, guesser: dict[str, str]) -> None:
    codes = nobodys()
    for _ in range(LIMIT):
        assert counter.pay({"code": next(codes)}, **guesser).status_code == 404
    must_be_stopped(counter.pay({"code": next(codes)}, **guesser))
    must_be_stopped(read(counter, guesser, counter.invoice()["code"]))
    counter.sql("update tries set since = since - interval '1 hour'")
    assert counter.pay({"code": next(codes)}, **guesser).status_code == 404


def test_ones_own_invoices_and_those_one_pays_are_looked_at_as_often_as_one_likes(
    counter: Counter,
) -> None:
    mine, theirs = f"m-{uuid4()}", counter.invoice()
    own = counter.invoice(payer=f"public:{mine}")
    who = counter.payer(mine)
    counter.operator.fault(outcome="pending")
    assert counter.pay(theirs, **who).status_code == 202
    for _ in range(LIMIT):
        assert read(counter, who, own["code"]).status_code == 200
        assert read(counter, who, theirs["code"]).status_code == 200
    assert counter.sql("select spent from tries where key like %s", f"%{mine}") == [(1,)]


def test_the_counter_and_the_books_look_up_as_many_invoices_as_they_need(counter: Counter) -> None:
    code = counter.invoice()["code"]
    for power in (Power.ASSIST_AT_COUNTER, Power.READ_LEDGER):
        officer = counter.officer(power)
        found = {read(counter, officer, code).status_code for _ in range(LIMIT + 1)}
        assert found == {200}
    officer = counter.officer()
    found = [read(counter, officer, code).status_code for _ in range(LIMIT + 1)]
    assert (found[-2], found[-1]) == (200, 429)


def test_a_stranger_is_not_told_when_an_invoice_was_raised_or_ended(
    counter: Counter, guesser: dict[str, str]
) -> None:
    invoice = counter.invoice()
    counter.void(invoice)
    seen = read(counter, guesser, invoice["code"]).json()
    assert (seen["status"], seen["raised_at"], seen["ended_at"]) == ("voided", None, None)
    own = read(counter, counter.payer("p1"), invoice["code"]).json()
    assert None not in (own["raised_at"], own["ended_at"])
