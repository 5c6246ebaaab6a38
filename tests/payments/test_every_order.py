"""Payments in every order: demands, callbacks true, doubled and forged, late money, reversals."""

import os
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from payments_counter import Counter

from contracts.payments.callback import Callback
from contracts.payments.language import PaymentStatus
from contracts.payments.wire import NewPayment
from kernel.authority import NOBODY
from kernel.problems import Problem
from services.payments.activities.invoicing import Invoicing
from services.payments.acts.begin_payment import begin_payment
from services.payments.acts.record_hint import record_hint
from services.payments.domain.payment import Answer, Prompt
from services.payments.gateways.provider import Payout, ProviderAway
from services.payments.teller import Teller, provider_called

EVENTS = int(os.environ.get("CORNERPOST_PAYMENT_EVENTS", "400"))
BY = provider_called("mobile-money")


@dataclass
class Book:
    """A provider whose truth the test knows: the model that the ledger is held against."""

    chance: random.Random
    name: str = "mobile-money"
    away: bool = False
    loses_answers: float = 0.2
    truth: dict[str, Answer] = field(default_factory=dict)

    def ask_payer(self, prompt: Prompt) -> Answer:
        if self.away:
            raise ProviderAway("away")
        amount = prompt.money.minor if self.chance.random() < 0.85 else prompt.money.minor - 1
        self.truth.setdefault(
            prompt.correlation,
            Answer(
                PaymentStatus.PENDING,
                f"R{prompt.correlation}",
                f"{amount // 100}.{amount % 100:02d}",
                prompt.money.currency,
            ),
        )
        if self.chance.random() < self.loses_answers:
            raise ProviderAway("the answer was lost on its way")
        return Answer(PaymentStatus.PENDING)

    def look_up(self, correlation: str) -> Answer:
        if self.away:
            raise ProviderAway("away")
        return self.truth.get(correlation, Answer(PaymentStatus.UNKNOWN))

    def pay_out(self, batch: str, lines: Sequence[Payout]) -> None:
        raise ProviderAway("not in this test")

    def close(self) -> None:
        """Nothing is open."""

    def becomes(self, correlation: str, status: PaymentStatus) -> None:
        old = self.truth[correlation]
        at = old.at or datetime.now(UTC)
        self.truth[correlation] = Answer(status, old.reference, old.amount, old.currency, at)

    def minor(self, status: PaymentStatus) -> int:
        """What the provider holds for us by its own book."""
        texts = [a.amount or "0" for a in self.truth.values() if a.status is status]
        return sum(int(text.replace(".", "")) for text in texts)


@dataclass
class World:
    """A run of events, each chosen by chance."""

    counter: Counter
    chance: random.Random
    book: Book
    teller: Teller
    invoices: list[dict[str, Any]] = field(default_factory=list)
    payments: list[UUID] = field(default_factory=list)

    def step(self) -> None:
        events = {
            self.raise_one: 3,
            self.demand: 8,
            self.settle: 10,
            self.fail: 1,
            self.reverse: 1,
            self.callback: 6,
            self.forge: 3,
            self.look: 6,
            self.expire: 2,
            self.void: 1,
            self.go_away: 1,
        }
        self.chance.choices(list(events), list(events.values()))[0]()

    def raise_one(self) -> None:
        fee, step = self.chance.choice(
            [("artisanal-application", "application-fee"), ("artisanal-grant", "grant-fee")]
        )
        self.invoices.append(self.counter.invoice(fee, step=step, due_in=timedelta(hours=1)))

    def demand(self) -> None:
        if not self.invoices:
            return
        code = self.chance.choice(self.invoices[-8:])["code"]
        asked = NewPayment(msisdn="+255700000001")
        try:
            made = self.teller.works.run(NOBODY, lambda work: begin_payment(work, code, asked))
        except Problem:
            return
        self.payments.append(made.id)
        if self.chance.random() < 0.8:
            self.teller.prompt(made.id)

    def one(self, status: PaymentStatus) -> str | None:
        found = [name for name, told in self.book.truth.items() if told.status is status]
        return self.chance.choice(found) if found else None

    def settle(self) -> None:
        if name := self.one(PaymentStatus.PENDING):
            self.book.becomes(name, PaymentStatus.COMPLETED)

    def fail(self) -> None:
        if name := self.one(PaymentStatus.PENDING):
            self.book.becomes(name, PaymentStatus.FAILED)

    def reverse(self) -> None:
        if name := self.one(PaymentStatus.COMPLETED):
            self.book.becomes(name, PaymentStatus.REVERSED)
            self.told(name, "reversed")

    def callback(self) -> None:
        if name := self.one(PaymentStatus.COMPLETED):
            for _ in range(self.chance.choice((1, 1, 2, 3))):
                self.told(name, "completed")

    def forge(self) -> None:
        name = str(uuid4()) if self.chance.random() < 0.5 or not self.payments else ""
        self.told(name or str(self.chance.choice(self.payments)), "completed", forged=True)

    def told(self, correlation: str, status: str, *, forged: bool = False) -> None:
        reference = f"FORGED{correlation}" if forged else f"R{correlation}"
        told = Callback(
            transactionReference=reference,
            transactionStatus=status,
            originalTransactionReference=correlation,
            amount="40.00",
        )
        body = f"{reference}{status}".encode()
        noted = self.teller.works.run(
            BY, lambda work: record_hint(work, "mobile-money", told, body)
        )
        if noted.ask is not None:
            self.teller.ask(noted.ask)

    def look(self) -> None:
        if self.payments:
            self.teller.ask(self.chance.choice(self.payments))

    def expire(self) -> None:
        if self.invoices:
            one = self.chance.choice(self.invoices)
            self.counter.forward(timedelta(minutes=20))
            Invoicing(self.teller).expire_invoice(self.counter.expiry(one))

    def void(self) -> None:
        if self.invoices:
            self.counter.void(self.chance.choice(self.invoices))

    def go_away(self) -> None:
        self.book.away = not self.book.away

    def settle_down(self) -> None:
        """No callback ever comes again: the provider is asked about everything, twice at once."""
        self.book.away, self.book.loses_answers = False, 0.0
        with ThreadPoolExecutor(4) as asking:
            assert all(asking.map(self.teller.ask, self.payments * 2))


def account(counter: Counter, name: str) -> int:
    found = counter.sql(
        "select coalesce(sum(minor), 0)::bigint from ledger_line where account = %s", name
    )
    return int(found[0][0])


@pytest.mark.timeout(600)
def test_whatever_the_order_the_ledger_equals_the_providers_own_book(
    counter: Counter, seed: int
) -> None:
    chance = random.Random(seed)
    book = Book(chance)
    teller = Teller(counter.works, counter.teller.desk, {book.name: book})
    world = World(counter, chance, book, teller)
    before = {n: account(counter, n) for n in ("float:mobile-money", "unapplied", "reversed")}
    for _ in range(EVENTS):
        world.step()
    world.settle_down()

    def since(name: str) -> int:
        return account(counter, name) - before[name]

    counter.must_balance()
    assert since("float:mobile-money") == book.minor(PaymentStatus.COMPLETED)
    rows = counter.sql(
        "select id, invoice_id, used_for, status from payment_intent where id = any(%s)",
        world.payments,
    )
    completed = {n for n, told in book.truth.items() if told.status is PaymentStatus.COMPLETED}
    assert {str(row[0]) for row in rows if row[3] == "completed"} == completed
    assert all(row[2] is not None for row in rows if row[3] == "completed")
    held = [str(row[0]) for row in rows if row[2] == "held" and row[3] == "completed"]
    texts = [book.truth[name].amount or "0" for name in held]
    assert since("unapplied") == -sum(int(text.replace(".", "")) for text in texts)
    must_be_told_once(world, [row[1] for row in rows if row[2] == "invoice"])
    forged = counter.sql(
        "select count(*) from ledger_transaction where provider_ref like 'FORGED%%'"
    )
    assert forged == [(0,)]


def must_be_told_once(world: World, paid: list[UUID]) -> None:
    """Each invoice ends once, one is paid exactly when a payment was used for it."""
    assert len(paid) == len(set(paid))
    for invoice in world.invoices:
        names = [row[0] for row in world.counter.journal(invoice["application_id"])]
        row = world.counter.row(invoice["application_id"])
        ends = {"paid": ["invoice.paid"], "expired": ["invoice.expired"]}
        ends |= {"voided": ["invoice.voided"], "open": []}
        assert names == ["invoice.raised", *ends[row["status"]]]
        assert (row["status"] == "paid") == (invoice["id"] in paid)
        receipts = world.counter.sql(
            "select count(*) from receipt where invoice_id = %s", invoice["id"]
        )
        assert receipts == [(int(row["status"] == "paid"),)]
