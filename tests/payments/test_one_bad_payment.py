"""One payment or batch that cannot be carried on stops nobody else's; an outage stops the round."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from payments_counter import Counter
from sqlalchemy.exc import OperationalError

from services.payments import paymaster, watch
from services.payments.acts import post_payment
from tests.served import eventually


@pytest.fixture
def two(counter: Counter) -> Iterator[tuple[tuple[Any, str], tuple[Any, str]]]:
    """Two invoices and their payments, for which the money has come."""
    counter.operator.fault(callback="none")
    counter.sql("update payment_intent set next_ask = null")
    first, second = ((one, counter.begun(one)) for one in (counter.invoice(), counter.invoice()))
    for n, (_, payment) in enumerate((first, second)):
        eventually(lambda p=payment: counter.operator.completed(p), "the payer never answered")
        at = f"2020-01-0{n + 1}"
        counter.sql("update payment_intent set next_ask = %s where id = %s", at, UUID(payment))
    yield first, second
    counter.sql("update payment_intent set next_ask = null")


def one_round(counter: Counter) -> None:
    made = counter.watch
    made.stop.set()  # nothing waits
    made.stop.is_set = lambda: False  # type: ignore[method-assign]
    made._round()


def test_a_payment_that_cannot_be_posted_stops_nobody_elses(
    counter: Counter, two: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bad, payment), (good, _) = two
    signed = post_payment.signed

    def breaks(work: Any, desk: Any, invoice: Any, *rest: Any) -> Any:
        made = signed(work, desk, invoice, *rest)
        if invoice.id == bad["id"]:
            made.number = 1  # a receipt's number that was given before
        return made

    number = "select 1 from receipt where number = 1"
    assert counter.sql(number) or pay_one(counter)
    with monkeypatch.context() as fault:
        fault.setattr(post_payment, "signed", breaks)
        one_round(counter)
    assert (counter.paid(bad), counter.paid(good)) == (False, True)
    later = "select next_ask is not null from payment_intent where id = %s"
    assert counter.sql(later, UUID(payment)) == [(True,)]
    counter.sql("update payment_intent set next_ask = '2020-01-01' where id = %s", UUID(payment))
    one_round(counter)
    assert counter.paid(bad)
    counter.must_balance()


def pay_one(counter: Counter) -> bool:
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    eventually(lambda: counter.operator.completed(payment), "the payer never answered")
    return counter.teller.ask(UUID(payment))


def test_a_database_that_is_away_ends_the_round_and_the_watch_goes_on(
    counter: Counter, two: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[UUID] = []

    def away(_: Any, payment: UUID) -> bool:
        asked.append(payment)
        raise OperationalError("select", {}, ConnectionError("gone"))

    with monkeypatch.context() as outage:
        outage.setattr(type(counter.teller), "ask", away)
        with pytest.raises(OperationalError):
            counter.watch.look()
        assert len(asked) == 1
        counter.sql("update payment_intent set next_ask = '2020-01-01' where next_ask is not null")
        one_round(counter)
    assert len(asked) == 2


def test_a_batch_that_cannot_be_followed_stops_no_schedule(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pay_one(counter)
    written: list[bool] = []

    def bad(*_: Any) -> None:
        raise ValueError("what nobody thought of")

    with monkeypatch.context() as fault:
        fault.setattr(paymaster.Paymaster, "follow", bad)
        fault.setattr(paymaster, "has_schedule", lambda *_: written.append(True) or True)
        counter.paymaster.work()
    assert written == [True]
    assert watch.PAUSE > 0


def test_shares_of_one_beneficiary_are_added_up(counter: Counter) -> None:
    counter.operator.fault(callback="none")
    invoice = counter.invoice("artisanal-grant", step="grant-fee")
    shares = counter.sql("select shares from invoice where id = %s", invoice["id"])[0][0]
    parts = {one["beneficiary"]: one["minor"] for one in shares}
    for one in shares:
        if one["beneficiary"] == "community-fund":
            one["beneficiary"] = "council-hillside"
    told = json.dumps(shares)
    counter.sql("update invoice set shares = %s where id = %s", told, invoice["id"])
    payment = counter.begun(invoice)
    eventually(lambda: counter.operator.completed(payment), "the payer never answered")
    assert counter.teller.ask(UUID(payment))
    assert counter.paid(invoice)
    found = counter.sql(
        "select beneficiary, minor, basis_points from split_instruction where invoice_id = %s"
        " order by 1",
        invoice["id"],
    )
    council = parts["council-hillside"] + parts["community-fund"]
    assert found == [("council-hillside", council, 5000), ("treasury", parts["treasury"], 5000)]
    counter.must_balance()
