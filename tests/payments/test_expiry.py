"""Expiry: compare and set, against payments that are under way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from payments_counter import Counter

from contracts.payments.language import PaymentStatus
from contracts.payments.wire import NewPayment
from contracts.procedures import Ack, LapseAnswer
from kernel.authority import NOBODY
from kernel.events import CaseRef
from services.payments.acts.begin_payment import begin_payment
from services.payments.acts.record_answer import record_answer
from services.payments.domain.payment import Answer
from services.payments.teller import provider_called
from tests.served import eventually


def test_before_its_time_an_invoice_says_when_to_come_again(counter: Counter) -> None:
    invoice = counter.invoice()
    early = counter.expire(invoice)
    assert early.not_before == invoice["due_at"] + timedelta(seconds=30)
    assert counter.row(invoice["application_id"])["status"] == "open"


def test_an_unpaid_invoice_expires_as_of_its_due_instant_once(counter: Counter) -> None:
    invoice = counter.invoice(due_in=timedelta(minutes=1))
    counter.forward(timedelta(minutes=2))
    assert counter.expire(invoice) == LapseAnswer(seq=2)
    assert counter.expire(invoice) == LapseAnswer()
    name, payload, legal_at, at = counter.journal(invoice["application_id"])[1]
    assert (name, legal_at) == ("invoice.expired", invoice["due_at"])
    assert at > legal_at
    assert (payload["step"], payload["round"]) == ("application-fee", 1)
    assert set(counter.books(invoice["id"]).values()) == {0}
    refused = counter.pay(invoice)
    assert refused.json()["type"].endswith("invoice-not-open")


def test_with_another_due_instant_nothing_changes(counter: Counter) -> None:
    invoice = counter.invoice(due_in=timedelta(minutes=1))
    counter.forward(timedelta(minutes=2))
    assert counter.expire(invoice, invoice["due_at"] - timedelta(seconds=1)) == LapseAnswer()
    assert counter.row(invoice["application_id"])["status"] == "open"


def test_after_the_due_instant_no_payment_begins(counter: Counter) -> None:
    invoice = counter.invoice(due_in=timedelta(minutes=1))
    counter.forward(timedelta(minutes=1, seconds=5))
    refused = counter.pay(invoice)
    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "urn:cornerpost:problem:time-is-up",
    )


def test_a_payment_begun_in_time_wins_over_the_expiry_although_nobody_knew_of_it(
    counter: Counter,
) -> None:
    counter.operator.fault(callback="none")
    invoice = counter.invoice(due_in=timedelta(minutes=1))
    payment = counter.begun(invoice)
    eventually(lambda: counter.operator.completed(payment), "the payer never answered")
    counter.forward(timedelta(minutes=5))
    assert counter.expire(invoice) == LapseAnswer()
    assert counter.paid(invoice)


def test_a_payer_who_is_being_asked_holds_the_expiry_for_a_day_at_most(counter: Counter) -> None:
    counter.operator.fault(outcome="pending", callback="none")
    invoice = counter.invoice(due_in=timedelta(minutes=1))
    counter.begun(invoice)
    counter.forward(timedelta(minutes=5))
    held = counter.expire(invoice)
    assert held.not_before is not None
    assert held.not_before > invoice["due_at"] + timedelta(minutes=4)
    counter.forward(timedelta(days=1))
    assert counter.expire(invoice).not_before is not None
    assert counter.expire(invoice).seq == 2


def test_a_payment_the_operator_never_heard_of_holds_the_expiry_once(counter: Counter) -> None:
    invoice = counter.invoice(due_in=timedelta(minutes=1))
    asked = NewPayment(msisdn="+255700000001")
    counter.works.run(NOBODY, lambda work: begin_payment(work, invoice["code"], asked))
    counter.forward(timedelta(minutes=2))
    assert counter.expire(invoice).not_before is not None
    assert counter.expire(invoice).seq == 2


def test_an_operator_that_is_away_holds_the_expiry_however_long(counter: Counter) -> None:
    counter.operator.fault(down=True, callback="none")
    invoice = counter.invoice(due_in=timedelta(minutes=1))
    payment = counter.begun(invoice)
    counter.forward(timedelta(days=3))
    assert counter.expire(invoice).not_before is not None
    counter.operator.clear()
    eventually(lambda: counter.operator.completed(payment), "the payer never answered")
    assert counter.expire(invoice) == LapseAnswer()
    assert counter.paid(invoice)


@pytest.mark.parametrize("attempt", range(5))
def test_racing_for_the_same_invoice_exactly_one_of_payment_and_expiry_wins(
    counter: Counter, attempt: int
) -> None:
    counter.operator.fault(outcome="pending", callback="none")
    invoice = counter.invoice(due_in=timedelta(minutes=1))
    payment = UUID(counter.begun(invoice))
    counter.forward(timedelta(days=2))
    came = Answer(PaymentStatus.COMPLETED, f"MMRACE{payment.hex[-12:]}", "40.00", "EXD")
    actor = provider_called("mobile-money")

    def pay() -> None:
        counter.works.run(
            actor, lambda work: record_answer(work, counter.teller.desk, payment, came)
        )

    with ThreadPoolExecutor(4) as racers:
        done = [racers.submit(one) for one in (pay, lambda: counter.expire(invoice), pay)]
        for one in done:
            one.result()
    names = [row[0] for row in counter.journal(invoice["application_id"])]
    status = counter.row(invoice["application_id"])["status"]
    assert (names, status) in (
        (["invoice.raised", "invoice.paid"], "paid"),
        (["invoice.raised", "invoice.expired"], "expired"),
    )
    used = counter.status(str(payment))[1]
    assert used == {"paid": "invoice", "expired": "held"}[status]
    counter.must_balance()


def test_an_invoice_whose_days_have_changed_is_due_later_and_expires_as_of_then(
    counter: Counter,
) -> None:
    invoice = counter.invoice(due_in=timedelta(days=5))
    later = invoice["due_at"] + timedelta(days=2)
    assert counter.retime(invoice, later) == Ack(seq=2)
    name, payload, *_ = counter.journal(invoice["application_id"])[1]
    assert (name, datetime.fromisoformat(payload["due_at"])) == ("invoice.retimed", later)
    told = counter.sql("select workflow from outbox where subject = %s", invoice["id"])
    assert told == [("InvoiceWorkflow",)] * 2
    loaded = counter.activities.load_invoice(CaseRef(subject=invoice["id"]))
    assert (loaded.due_at, loaded.remind_at) == (later, [later - timedelta(days=3)])
    counter.forward(timedelta(days=6))
    assert counter.expire(invoice) == LapseAnswer()
    assert counter.pay(invoice).status_code == 202


def test_no_invoice_is_due_earlier_than_its_payer_was_told(counter: Counter) -> None:
    invoice = counter.invoice(due_in=timedelta(minutes=1))
    assert counter.retime(invoice, invoice["due_at"] - timedelta(seconds=1)) == Ack()
    assert counter.row(invoice["application_id"])["due_at"] == invoice["due_at"]
    counter.forward(timedelta(minutes=2))
    assert counter.retime(invoice, invoice["due_at"] + timedelta(seconds=1)) == Ack()
    assert counter.expire(invoice) == LapseAnswer(seq=2)
    assert counter.retime(invoice, invoice["due_at"] + timedelta(days=1)) == Ack()


def test_a_reminder_that_was_sent_stays_and_one_more_is_due(counter: Counter) -> None:
    invoice = counter.invoice(due_in=timedelta(days=5))
    sent = invoice["due_at"] - timedelta(days=3)
    counter.forward(timedelta(days=3))
    later = invoice["due_at"] + timedelta(days=2)
    assert counter.retime(invoice, later) == Ack(seq=2)
    loaded = counter.activities.load_invoice(CaseRef(subject=invoice["id"]))
    assert loaded.remind_at == [sent, later - timedelta(days=3)]


def test_while_all_clocks_stand_still_an_invoice_can_be_paid_and_does_not_expire(
    counter: Counter,
) -> None:
    invoice = counter.invoice(due_in=timedelta(days=5))
    due = invoice["due_at"]
    assert counter.retime(invoice, None) == Ack(seq=2)
    assert counter.journal(invoice["application_id"])[1][1]["due_at"] is None
    assert counter.retime(invoice, None) == Ack()
    assert counter.activities.load_invoice(CaseRef(subject=invoice["id"])).stands_still
    assert due not in {row[0] for row in counter.sql("select at from audit_v1.due")}
    counter.forward(timedelta(days=30))
    assert counter.expire(invoice) == LapseAnswer()
    assert counter.row(invoice["application_id"])["status"] == "open"
    assert counter.pay(invoice).status_code == 202


def test_an_invoice_that_stood_still_runs_again_and_expires_as_of_its_new_day(
    counter: Counter,
) -> None:
    invoice = counter.invoice(due_in=timedelta(days=5))
    assert counter.retime(invoice, None) == Ack(seq=2)
    counter.forward(timedelta(days=30))
    later = counter.now() + timedelta(days=4)
    assert counter.retime(invoice, later) == Ack(seq=3)
    loaded = counter.activities.load_invoice(CaseRef(subject=invoice["id"]))
    assert (loaded.due_at, loaded.stands_still) == (later, False)
    assert counter.expire(invoice) == LapseAnswer()
    counter.forward(timedelta(days=4, minutes=1))
    assert counter.expire(counter.row(invoice["application_id"])) == LapseAnswer(seq=4)


def test_a_moratorium_that_ends_at_once_gives_nobody_less_time(counter: Counter) -> None:
    invoice = counter.invoice(due_in=timedelta(days=5))
    counter.retime(invoice, None)
    assert counter.retime(invoice, invoice["due_at"] - timedelta(days=1)) == Ack(seq=3)
    loaded = counter.activities.load_invoice(CaseRef(subject=invoice["id"]))
    assert (loaded.due_at, loaded.stands_still) == (invoice["due_at"], False)
