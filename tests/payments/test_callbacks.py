"""Callbacks: hints that start a question, and prove nothing by themselves."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

from payments_counter import Counter

from services.payments.acts.record_hint import KEPT
from tests.served import eventually


def hints(counter: Counter, payment: str) -> list[tuple[str, int]]:
    return counter.sql(
        "select verdict, times from callback_hint where payment_id = %s", UUID(payment)
    )


def callback(counter: Counter, **members: object) -> int:
    told = {"transactionReference": uuid4().hex, "transactionStatus": "completed", **members}
    return counter.http.post("/v1/providers/mobile-money/callbacks", json=told).status_code


def test_a_callback_that_comes_twice_posts_once(counter: Counter) -> None:
    counter.operator.fault(callback="twice")
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    eventually(lambda: hints(counter, payment) == [("noted", 2)], "not two callbacks")
    assert counter.paid(invoice)
    assert len(counter.sql("select 1 from ledger_transaction where business_id = %s", payment)) == 1
    assert [row[0] for row in counter.journal(invoice["application_id"])] == [
        "invoice.raised",
        "invoice.paid",
    ]


def tally(counter: Counter, verdict: str) -> int:
    found = counter.sql("select sum(times)::int from callback_tally where verdict = %s", verdict)
    return int(found[0][0] or 0)


def test_forged_callbacks_for_nothing_are_answered_and_counted_without_being_kept(
    counter: Counter,
) -> None:
    url = f"{counter.settings.callback_url}"
    before = counter.sql("select count(*) from ledger_transaction")
    rows, counted = counter.sql("select count(*) from callback_hint"), tally(counter, "unknown")
    days = counter.sql("select count(*) from callback_tally")[0][0]
    reference = f"MM{uuid4().hex[:12]}"
    assert counter.operator.forge(url, transactionReference=reference, amount="40.00") == "202"
    for _ in range(3):
        assert callback(counter, originalTransactionReference=str(uuid4())) == 202
    assert counter.sql("select count(*) from callback_hint") == rows
    assert tally(counter, "unknown") == counted + 4
    assert counter.sql("select count(*) from callback_tally")[0][0] <= days + 1
    assert counter.sql("select count(*) from ledger_transaction") == before


def test_of_one_payment_so_many_different_callbacks_are_kept(counter: Counter) -> None:
    counter.operator.fault(outcome="pending")
    payment, counted = counter.begun(counter.invoice()), tally(counter, "noted")
    for n in (*range(KEPT + 2), 0):
        told = {"transactionReference": uuid4().hex[:8] if n else "first", "amount": str(n)}
        assert callback(counter, originalTransactionReference=payment, **told) == 202
    assert sorted(times for _, times in hints(counter, payment)) == [1] * (KEPT - 1) + [2]
    assert tally(counter, "noted") == counted + 2


def test_a_forged_callback_for_a_real_payment_pays_nothing(counter: Counter) -> None:
    counter.operator.fault(outcome="pending")
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    assert callback(counter, originalTransactionReference=payment, amount="40.00") == 202
    assert counter.status(payment) == ("pending", None)
    assert not counter.paid(invoice)
    assert hints(counter, payment) == [("contradicted", 1)]
    assert counter.books(payment) == {}


def test_a_callback_that_lies_about_the_amount_changes_nothing(counter: Counter) -> None:
    counter.operator.fault(callback="wrong-amount")
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    eventually(lambda: counter.paid(invoice), "the payment never arrived")
    assert counter.books(payment)["float:mobile-money"] == 40_00
    assert hints(counter, payment) == [("contradicted", 1)]


def test_with_every_callback_dropped_the_watch_finds_the_payment(counter: Counter) -> None:
    counter.operator.fault(callback="none")
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    eventually(lambda: counter.operator.completed(payment), "the payer never answered")
    eventually(lambda: counter.watch.look() > 0 and counter.paid(invoice), "nothing to look at")
    assert hints(counter, payment) == []


def test_what_is_no_callback_is_malformed_and_leaves_nothing(counter: Counter) -> None:
    before = counter.sql("select count(*) from callback_hint")
    for body in ({}, {"transactionReference": 5}, {"transactionReference": "x" * 101}):
        answer = counter.http.post("/v1/providers/mobile-money/callbacks", json=body)
        assert answer.status_code == 422
    assert counter.sql("select count(*) from callback_hint") == before


def test_a_callback_to_a_provider_nobody_knows_is_refused(counter: Counter) -> None:
    answer = counter.http.post("/v1/providers/nobody/callbacks", json={})
    assert answer.status_code in (404, 422)
    told = {"transactionReference": "a", "transactionStatus": "completed"}
    answer = counter.http.post("/v1/providers/nobody/callbacks", json=told)
    assert (answer.status_code, answer.json()["type"]) == (
        404,
        "urn:cornerpost:problem:no-such-provider",
    )


def test_of_a_callback_no_number_of_a_phone_is_kept(counter: Counter) -> None:
    counter.operator.fault(outcome="pending")
    payment = counter.begun(counter.invoice())
    party = [{"key": "msisdn", "value": "+255711222333"}]
    assert callback(counter, originalTransactionReference=payment, debitParty=party) == 202
    everything = counter.sql("select callback_hint::text from callback_hint")
    assert "255711222333" not in str(everything)


def test_a_slow_operator_leaves_places_for_everybody_else(counter: Counter) -> None:
    counter.operator.fault(outcome="pending", answer_after=3)
    invoices = [counter.invoice() for _ in range(counter.settings.pool)]
    with ThreadPoolExecutor(len(invoices)) as payers:
        begun = [payers.submit(counter.pay, invoice) for invoice in invoices]
        quick = counter.http.get(f"/v1/invoices/{invoices[0]['code']}", headers=counter.payer("p1"))
        waiting = [one for one in begun if not one.done()]
    assert quick.status_code == 200
    assert waiting, "the operator had answered before anybody else was"
    assert {one.result().status_code for one in begun} == {202}


def test_twin_callbacks_are_both_taken_and_counted(counter: Counter) -> None:
    counter.operator.fault(outcome="pending")
    payment = counter.begun(counter.invoice())
    reference = uuid4().hex
    told = {"originalTransactionReference": payment, "transactionReference": reference}
    with ThreadPoolExecutor(4) as twins:
        done = list(twins.map(lambda _: callback(counter, **told), range(4)))
    assert done == [202] * 4
    assert hints(counter, payment) == [("contradicted", 4)]
