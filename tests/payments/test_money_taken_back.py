"""Money that the operator takes back: found out whatever is lost, late, forged or asked at once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

from payments_counter import Counter

from services.payments.domain.payment import HINTS_AT_ONCE
from services.payments.gateways.provider import ProviderAway
from tests.served import eventually

NAME = "mobile-money"
DUE = """
update payment_intent set next_ask = '2020-01-01' where id = %s and next_ask is not null
"""


class Altered:
    """The operator as its gateway knows it, with another way of being asked."""

    def __init__(self, real: Any, look_up: Callable[[str], Any]) -> None:
        self.real, self.look_up = real, look_up

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@contextmanager
def asked_by(counter: Counter, look_up: Callable[[Any, str], Any]) -> Iterator[None]:
    providers: Any = counter.teller.providers
    real = providers[NAME]
    providers[NAME] = Altered(real, lambda correlation: look_up(real, correlation))
    try:
        yield
    finally:
        providers[NAME] = real


def is_away(_: Any, __: str) -> Any:
    raise ProviderAway("away")


def told(counter: Counter, payment: str, reference: str, status: str = "reversed") -> None:
    """A callback about a payment."""
    body = {
        "transactionReference": reference,
        "transactionStatus": status,
        "originalTransactionReference": payment,
        "amount": "40.00",
    }
    assert counter.http.post(f"/v1/providers/{NAME}/callbacks", json=body).status_code == 202


def looks(counter: Counter, payment: str, rounds: int = 2) -> None:
    """The watch's next rounds, as if their time had come."""
    for _ in range(rounds):
        counter.sql(DUE, UUID(payment))
        counter.watch.look()


def completed(counter: Counter) -> tuple[dict[str, Any], str, str]:
    """An invoice paid with money that came, its payment and the operator's name for it."""
    counter.operator.fault(callback="none")
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    eventually(lambda: counter.operator.completed(payment), "the payer never answered")
    assert counter.teller.ask(UUID(payment))
    assert counter.paid(invoice)
    return invoice, payment, counter.operator.transaction(payment)["transactionReference"]


def must_be_taken_back(counter: Counter, invoice: dict[str, Any], payment: str) -> None:
    assert counter.status(payment) == ("reversed", "invoice")
    assert counter.paid(invoice)
    assert counter.books(payment)[f"float:{NAME}"] == 0
    assert next_ask(counter, payment) is None
    counter.must_balance()


def next_ask(counter: Counter, payment: str) -> Any:
    found = counter.sql("select next_ask from payment_intent where id = %s", UUID(payment))
    return found[0][0]


def test_a_reversal_told_while_the_operator_is_away_is_found_by_the_watch(
    counter: Counter,
) -> None:
    invoice, payment, reference = completed(counter)
    counter.operator.reverse(reference)
    with asked_by(counter, is_away):
        told(counter, payment, reference)
        looks(counter, payment)
        assert counter.status(payment) == ("completed", "invoice")
    looks(counter, payment)
    must_be_taken_back(counter, invoice, payment)


def test_a_reversal_told_while_every_place_is_taken_is_found_by_the_watch(
    counter: Counter,
) -> None:
    invoice, payment, reference = completed(counter)
    counter.operator.reverse(reference)
    taken = 0
    while counter.teller.places.acquire(blocking=False):
        taken += 1
    told(counter, payment, reference)
    for _ in range(taken):
        counter.teller.places.release()
    assert counter.status(payment) == ("completed", "invoice")
    looks(counter, payment)
    must_be_taken_back(counter, invoice, payment)


def test_the_operators_own_callback_of_a_reversal_is_heard(counter: Counter) -> None:
    invoice, payment, reference = completed(counter)
    counter.operator.fault(reversal_callback="once")
    counter.operator.reverse(reference)
    eventually(lambda: counter.status(payment)[0] == "reversed", "nothing was told")
    must_be_taken_back(counter, invoice, payment)


def test_a_reversal_that_nobody_tells_is_found_by_the_last_look(counter: Counter) -> None:
    counter.operator.fault(reverse_after=0.2)
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    eventually(lambda: counter.paid(invoice), "the payment never arrived")
    eventually(
        lambda: counter.operator.transaction(payment)["transactionStatus"] == "reversed",
        "the operator took nothing back",
    )
    planned = counter.sql(
        "select next_ask = last_look, last_look - completed_at > interval '6 days' from"
        " payment_intent where id = %s and status = 'completed'",
        UUID(payment),
    )
    assert planned == [(True, True)]
    looks(counter, payment)
    must_be_taken_back(counter, invoice, payment)


def test_after_the_last_look_a_completed_payment_is_left_alone(counter: Counter) -> None:
    _, payment, _ = completed(counter)
    looks(counter, payment)
    assert next_ask(counter, payment) is not None
    counter.sql("update payment_intent set last_look = '2020-01-01' where id = %s", UUID(payment))
    looks(counter, payment)
    assert next_ask(counter, payment) is None
    assert counter.status(payment) == ("completed", "invoice")


def test_payments_completed_before_there_was_a_last_look_are_looked_at(counter: Counter) -> None:
    invoice, payment, reference = completed(counter)
    counter.operator.reverse(reference)
    before = "update payment_intent set next_ask = null, last_look = null where id = %s"
    counter.sql(before, UUID(payment))
    migration = import_module("services.payments.migrations.versions.0007_look_once_more")
    counter.sql(migration.BEFORE)
    looks(counter, payment)
    must_be_taken_back(counter, invoice, payment)


def test_no_number_of_forged_callbacks_hides_a_reversal(counter: Counter) -> None:
    invoice, payment, reference = completed(counter)
    for n in range(HINTS_AT_ONCE):
        told(counter, payment, f"junk{n}-{uuid4().hex[:8]}")
    looks(counter, payment)
    later = next_ask(counter, payment)
    counter.operator.reverse(reference)
    told(counter, payment, reference)
    assert next_ask(counter, payment) < later
    looks(counter, payment)
    must_be_taken_back(counter, invoice, payment)
    kept = counter.sql("select count(*) from callback_hint where payment_id = %s", UUID(payment))
    assert kept == [(HINTS_AT_ONCE,)]


def test_many_callbacks_have_the_operator_asked_once(counter: Counter) -> None:
    _, payment, _ = completed(counter)
    asked: list[str] = []

    def counted(real: Any, correlation: str) -> Any:
        asked.append(correlation)
        return real.look_up(correlation)

    with asked_by(counter, counted):
        for n in range(HINTS_AT_ONCE + 10):
            told(counter, payment, f"junk{n}")
        assert len(asked) == HINTS_AT_ONCE
        looks(counter, payment, rounds=1)
    assert asked.count(payment) == HINTS_AT_ONCE + 1


def test_an_answer_that_was_overtaken_posts_nothing(counter: Counter) -> None:
    counter.operator.fault(callback="none")
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    eventually(lambda: counter.operator.completed(payment), "the payer never answered")
    read, go = threading.Event(), threading.Event()

    def slow(real: Any, correlation: str) -> Any:
        answer = real.look_up(correlation)
        if threading.current_thread().name == "slow" and not read.is_set():
            read.set()
            assert go.wait(20)
        return answer

    with asked_by(counter, slow):
        asking = threading.Thread(target=counter.teller.ask, args=(UUID(payment),), name="slow")
        asking.start()
        assert read.wait(20)
        reference = counter.operator.transaction(payment)["transactionReference"]
        counter.operator.reverse(reference)
        told(counter, payment, reference)
        assert counter.status(payment) == ("reversed", None)
        go.set()
        asking.join(timeout=20)
    looks(counter, payment)
    assert counter.status(payment) == ("reversed", None)
    assert not counter.paid(invoice)
    assert counter.books(payment) == {}
    assert next_ask(counter, payment) is None


def test_an_answer_from_before_a_callback_does_not_answer_it(counter: Counter) -> None:
    invoice, payment, reference = completed(counter)
    read, go = threading.Event(), threading.Event()

    def slow(real: Any, correlation: str) -> Any:
        if threading.current_thread().name != "slow":
            raise ProviderAway("away")
        answer = real.look_up(correlation)
        read.set()
        assert go.wait(20)
        return answer

    with asked_by(counter, slow):
        asking = threading.Thread(target=counter.teller.ask, args=(UUID(payment),), name="slow")
        asking.start()
        assert read.wait(20)
        counter.operator.reverse(reference)
        told(counter, payment, reference)
        go.set()
        asking.join(timeout=20)
    assert counter.status(payment) == ("completed", "invoice")
    looks(counter, payment)
    must_be_taken_back(counter, invoice, payment)
