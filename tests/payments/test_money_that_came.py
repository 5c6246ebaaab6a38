"""Money that came: late, twice, in another amount, taken back; never lost and never a fee."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import httpx
from payments_counter import Counter

from contracts.payments.wire import NewPayment
from kernel.authority import NOBODY, Power
from services.payments.acts.begin_payment import begin_payment
from tests.served import eventually


def intent(counter: Counter, invoice: dict[str, object], msisdn: str = "+255700000001") -> UUID:
    """An intent whose process died before the provider heard of it."""
    asked = NewPayment(msisdn=msisdn)
    made = counter.works.run(NOBODY, lambda work: begin_payment(work, str(invoice["code"]), asked))
    return made.id


def unmatched(counter: Counter, payment: str) -> list[tuple[object, ...]]:
    return counter.sql(
        "select because, minor, refund_due from held_money where payment_id = %s"
        " and ended_at is null",
        UUID(payment),
    )


def settle(counter: Counter, payment: str) -> None:
    eventually(lambda: counter.operator.completed(payment), "the payer never answered")
    assert counter.teller.ask(UUID(payment))


def test_the_second_payment_of_an_invoice_is_held_for_its_payer(counter: Counter) -> None:
    counter.operator.fault(callback="none")
    invoice = counter.invoice()
    first, second = counter.begun(invoice), counter.begun(invoice, "+255700000002")
    settle(counter, first)
    settle(counter, second)
    assert counter.status(first) == ("completed", "invoice")
    assert counter.status(second) == ("completed", "held")
    assert unmatched(counter, second) == [("paid-before", 40_00, True)]
    assert counter.books(second) == {"float:mobile-money": 40_00, "unapplied": -40_00}
    assert len(counter.sql("select 1 from receipt where invoice_id = %s", invoice["id"])) == 1


def test_money_for_an_expired_invoice_is_held(counter: Counter) -> None:
    counter.operator.fault(outcome="pending", callback="none")
    invoice = counter.invoice(due_in=timedelta(minutes=5))
    payment = counter.begun(invoice)
    counter.forward(timedelta(days=1, minutes=6))
    counter.expire(invoice)
    assert counter.expire(invoice).seq == 2
    counter.operator.clear()
    settle(counter, payment)
    assert counter.row(invoice["application_id"])["status"] == "expired"
    assert unmatched(counter, payment) == [("late", 40_00, True)]
    counter.must_balance()


def test_money_for_a_voided_invoice_is_held(counter: Counter) -> None:
    counter.operator.fault(outcome="pending", callback="none")
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    counter.void(invoice)
    counter.operator.clear()
    settle(counter, payment)
    assert unmatched(counter, payment) == [("voided", 40_00, True)]


def test_another_amount_pays_nothing_and_is_held_in_full(counter: Counter) -> None:
    invoice = counter.invoice()
    payment = intent(counter, invoice)
    asked = {
        "amount": str(Decimal("39.99")),
        "currency": "EXD",
        "debitParty": [{"key": "msisdn", "value": "+255700000001"}],
        "creditParty": [{"key": "walletid", "value": "CORNERPOST"}],
    }
    httpx.post(
        f"{counter.operator.url}/transactions/type/merchantpay",
        json=asked,
        headers={"X-CorrelationID": str(payment)},
    ).raise_for_status()
    settle(counter, str(payment))
    assert not counter.paid(invoice)
    assert unmatched(counter, str(payment)) == [("wrong-amount", 39_99, True)]
    assert counter.books(payment) == {"float:mobile-money": 39_99, "unapplied": -39_99}


def test_an_invoice_paid_with_money_that_is_taken_back_stays_paid_and_is_listed(
    counter: Counter,
) -> None:
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    eventually(lambda: counter.paid(invoice), "the payment never arrived")
    counter.operator.reverse(counter.operator.transaction(payment)["transactionReference"])
    for _ in range(2):
        assert counter.teller.ask(UUID(payment))
    assert counter.status(payment) == ("reversed", "invoice")
    assert counter.paid(invoice)
    assert unmatched(counter, payment) == [("reversed", -40_00, False)]
    assert counter.books(payment)["float:mobile-money"] == 0
    counter.must_balance()


def test_of_money_that_is_taken_back_nothing_is_paid_on(counter: Counter) -> None:
    invoices = [counter.invoice(), counter.invoice("artisanal-grant", step="grant-fee")]
    for invoice in invoices:
        payment = counter.begun(invoice)
        eventually(lambda one=invoice: counter.paid(one), "the payment never arrived")
        counter.operator.reverse(counter.operator.transaction(payment)["transactionReference"])
        assert counter.teller.ask(UUID(payment))
    counter.forward(timedelta(days=1))
    counter.paymaster.work()
    found = counter.sql(
        "select distinct status, batch_id, schedule_id from split_instruction"
        " where invoice_id = any(%s)",
        [one["id"] for one in invoices],
    )
    assert found == [("held", None, None)]
    listed = counter.http.get(
        "/v1/shares?limit=500", headers=counter.officer(Power.READ_LEDGER)
    ).json()["shares"]
    codes = [one["code"] for one in invoices]
    assert {one["status"] for one in listed if one["invoice"] in codes} == {"held"}
    told = counter.sql(
        "select payload -> 'held' from journal where case_id = %s and name = 'payment.reversed'",
        invoices[0]["id"],
    )
    assert [one["beneficiary"] for one in told[0][0]] == ["council-hillside", "treasury"]


def test_held_money_that_is_taken_back_is_owed_to_nobody(counter: Counter) -> None:
    counter.operator.fault(callback="none")
    invoice = counter.invoice()
    first, second = counter.begun(invoice), counter.begun(invoice, "+255700000002")
    settle(counter, first)
    settle(counter, second)
    counter.operator.reverse(counter.operator.transaction(second)["transactionReference"])
    assert counter.teller.ask(UUID(second))
    assert unmatched(counter, second) == []
    assert set(counter.books(second).values()) == {0}


def test_a_payment_that_fails_can_be_tried_again(counter: Counter) -> None:
    counter.operator.fault("+255700000009", outcome="failed")
    invoice = counter.invoice()
    failed = counter.begun(invoice, "+255700000009")
    eventually(lambda: counter.status(failed)[0] == "failed", "it did not fail")
    counter.begun(invoice)
    eventually(lambda: counter.paid(invoice), "the second payment never arrived")


def test_an_intent_whose_process_died_is_sent_to_the_provider_by_the_watch(
    counter: Counter,
) -> None:
    invoice = counter.invoice()
    payment = intent(counter, invoice)
    counter.sql("update payment_intent set next_ask = '2020-01-01' where id = %s", payment)
    assert counter.watch.look() >= 1
    eventually(lambda: counter.paid(invoice), "nobody asked the payer")
    assert counter.status(str(payment)) == ("completed", "invoice")


def test_an_operator_that_took_the_request_and_then_broke_loses_no_payment(
    counter: Counter,
) -> None:
    counter.operator.fault("+255700000005", down=True, callback="none")
    invoice = counter.invoice()
    payment = counter.begun(invoice, "+255700000005")
    assert counter.status(payment) == ("begun", None)
    settle(counter, payment)
    assert counter.paid(invoice)


def test_a_slow_operator_keeps_nobody_waiting_longer_than_its_limit(counter: Counter) -> None:
    counter.operator.fault("+255700000006", answer_after=3)
    invoice = counter.invoice()
    answer = counter.pay(invoice, "+255700000006")
    assert answer.status_code == 202
    assert answer.elapsed < timedelta(seconds=2.5)
    eventually(lambda: counter.paid(invoice), "the payment was lost")


def test_while_the_operator_is_down_nothing_is_believed_and_nothing_lost(counter: Counter) -> None:
    counter.operator.fault(down=True, callback="none")
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    assert not counter.teller.ask(UUID(payment))
    assert counter.status(payment) == ("begun", None)
    counter.operator.clear()
    settle(counter, payment)
    assert counter.paid(invoice)


def test_what_is_unmatched_is_listed_for_officers_of_the_books(counter: Counter) -> None:
    counter.operator.fault(callback="none")
    invoice = counter.invoice()
    first, second = counter.begun(invoice), counter.begun(invoice, "+255700000002")
    settle(counter, first)
    settle(counter, second)
    told, after = [], ""
    officer = counter.officer(Power.READ_LEDGER)
    while True:
        page = counter.http.get(f"/v1/unmatched?limit=2{after}", headers=officer).json()
        told += page["unmatched"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    mine = [one for one in told if one["invoice"] == invoice["code"]]
    assert [(one["because"], one["amount"]["minor"], one["refund_due"]) for one in mine] == [
        ("paid-before", 40_00, True)
    ]
    assert "2557" not in str(told)
