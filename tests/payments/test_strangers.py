"""Strangers: they may pay for others, but never keep somebody from paying, nor ring at will."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from payments_counter import Counter

from contracts.payments.wire import NewPayment
from kernel.authority import Actor, Realm
from kernel.events import ActorKind
from kernel.problems import TooMany
from services.payments.acts.begin_payment import begin_payment
from services.payments.domain.payment import Limits

PHONE = "+255700000077"


def person(name: str) -> Actor:
    return Actor(kind=ActorKind.APPLICANT, person=f"public:{name}", realm=Realm.PUBLIC)


def begin(
    counter: Counter, name: str, invoice: dict[str, Any], limits: Limits, msisdn: str
) -> None:
    asked = NewPayment(msisdn=msisdn)
    counter.works.run(
        person(name), lambda work: begin_payment(work, str(invoice["code"]), asked, limits)
    )


def test_however_many_strangers_pay_an_invoice_its_payer_still_can(counter: Counter) -> None:
    counter.operator.fault(outcome="pending")
    invoice = counter.invoice(payer="public:rival")
    for name in ("s1", "s2"):
        for n in range(5):
            told = counter.pay(invoice, f"+25570000010{n}", **counter.payer(name))
            assert told.status_code == 202, told.text
    refused = counter.pay(invoice, **counter.payer("s1"))
    assert refused.json()["type"].endswith("too-many-payments-under-way")
    assert counter.pay(invoice, PHONE, **counter.payer("rival")).status_code == 202


def test_a_person_begins_so_many_payments_in_an_hour(counter: Counter) -> None:
    limits = Limits(by_person=3, of_phone=100)
    for _ in range(3):
        begin(counter, "busy", counter.invoice(), limits, PHONE)
    other = counter.invoice()
    with pytest.raises(TooMany) as refused:
        begin(counter, "busy", other, limits, PHONE)
    assert 3500 < int(str(refused.value.facts["retry_after"])) <= 3600
    begin(counter, "idle", other, limits, PHONE)
    counter.forward(timedelta(hours=1))
    begin(counter, "busy", other, limits, PHONE)


def test_a_phone_is_rung_by_strangers_so_often_and_its_owner_is_not_kept_from_paying(
    counter: Counter,
) -> None:
    limits, phone = Limits(by_person=100, of_phone=2), "+255700000078"
    invoice = counter.invoice(payer="public:owner")
    for name in ("one", "two"):
        begin(counter, name, invoice, limits, phone)
    with pytest.raises(TooMany):
        begin(counter, "three", counter.invoice(), limits, phone)
    begin(counter, "three", invoice, limits, "+255700000079")
    begin(counter, "owner", invoice, limits, phone)


def test_with_an_invoice_of_ones_own_no_phone_is_rung_without_end(counter: Counter) -> None:
    limits, phone = replace(Limits(), of_phone=2), "+255700000080"
    invoice = counter.invoice(payer="public:caller")
    for _ in range(2):
        begin(counter, "caller", invoice, limits, phone)
    with pytest.raises(TooMany):
        begin(counter, "caller", invoice, limits, phone)
