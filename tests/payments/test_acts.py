"""What workflows ask for: carried out once for their key, and told to the right workflows."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from payments_counter import Counter
from temporalio.exceptions import ApplicationError

from contracts.procedures import Ack, AppointmentCopy, EventRange, Keyed
from kernel.authority import Power
from kernel.events import CaseRef
from kernel.law.editions import Country, Edition
from services.payments.activities.invoicing import BY
from services.payments.acts.raise_invoice import raise_invoice
from tests.served import eventually


def keyed(counter: Counter, invoice: dict[str, Any], key: str) -> Keyed:
    return Keyed(
        key=key,
        subject=invoice["id"],
        application_id=invoice["application_id"],
        edition=counter.teller.desk.country.newest.ref,
    )


def test_a_repeated_command_raises_one_invoice_and_gets_the_first_answer(counter: Counter) -> None:
    command = counter.raising()
    with ThreadPoolExecutor(4) as twins:
        done = list(twins.map(counter.activities.raise_invoice, [command] * 4))
    assert done == [Ack(seq=1)] * 4
    again = command.model_copy(update={"key": "another"})
    assert counter.activities.raise_invoice(again) == Ack()
    rows = counter.sql(
        "select count(*) from invoice where application_id = %s", command.application_id
    )
    assert rows == [(1,)]


def test_an_invoice_is_priced_by_the_law_of_the_case(counter: Counter) -> None:
    invoice = counter.invoice("artisanal-grant", step="grant-fee")
    lines = counter.sql("select lines, shares, mode from invoice where id = %s", invoice["id"])
    priced = {line["id"]: line["minor"] for line in lines[0][0]}
    assert priced == {"preparation": 60_00, "ground": 115_20}
    assert invoice["minor"] == 175_20
    assert {one["beneficiary"]: one["minor"] for one in lines[0][1]} == {
        "treasury": 87_60,
        "council-hillside": 52_56,
        "community-fund": 35_04,
    }
    assert lines[0][2] == "instructed"


def test_the_payer_is_told_in_the_rulebooks_words(counter: Counter) -> None:
    invoice = counter.invoice()
    notices = counter.journal(invoice["application_id"])[0][1]["notices"]
    assert [(one["kind"], one["to"]) for one in notices] == [("invoice-raised", "public:p1")]
    edition = counter.teller.desk.country.newest
    for kind in ("invoice-raised", "invoice-reminder", "payment-received"):
        assert kind in edition.rules.notices
    wanted = set(edition.notice("invoice-raised").params)
    assert set(notices[0]["params"]) == wanted


def test_without_a_payer_nobody_is_told(counter: Counter) -> None:
    invoice = counter.invoice(payer=None)
    assert counter.journal(invoice["application_id"])[0][1]["notices"] == []


def test_a_refusal_is_final_and_names_its_problem(counter: Counter) -> None:
    command = counter.raising("no-such-fee")
    with pytest.raises(ApplicationError) as refused:
        counter.activities.raise_invoice(command)
    assert (refused.value.type, refused.value.non_retryable) == ("no-such-law", True)
    unknown = command.edition.model_copy(update={"hash": "0" * 64})
    with pytest.raises(ApplicationError):
        counter.activities.raise_invoice(command.model_copy(update={"edition": unknown}))


def test_voiding_ends_an_open_invoice_once_and_leaves_a_paid_one(counter: Counter) -> None:
    invoice = counter.invoice()
    assert counter.void(invoice) == counter.void(invoice) == Ack(seq=2)
    assert counter.row(invoice["application_id"])["status"] == "voided"
    assert set(counter.books(invoice["id"]).values()) == {0}
    paid = counter.invoice()
    counter.begun(paid)
    eventually(lambda: counter.paid(paid), "the payment never arrived")
    assert counter.void(paid) == Ack()
    assert counter.paid(paid)


def test_voiding_what_was_never_raised_changes_nothing(counter: Counter) -> None:
    assert counter.void({"application_id": uuid4(), "step": "grant-fee", "round": 1}) == Ack()


def test_a_reminder_is_sent_once_for_its_key_and_only_while_it_is_open(counter: Counter) -> None:
    invoice = counter.invoice()
    asked = keyed(counter, invoice, uuid4().hex)
    assert [counter.activities.remind_invoice(asked) for _ in range(2)] == [Ack(seq=2)] * 2
    name, payload, *_ = counter.journal(invoice["application_id"])[1]
    assert name == "invoice.reminded"
    assert [one["kind"] for one in payload["notices"]] == ["invoice-reminder"]
    counter.void(invoice)
    assert counter.activities.remind_invoice(keyed(counter, invoice, uuid4().hex)) == Ack()


def test_the_workflow_of_an_invoice_loads_when_to_remind_and_when_it_is_due(
    counter: Counter,
) -> None:
    invoice = counter.invoice()
    loaded = counter.activities.load_invoice(CaseRef(subject=invoice["id"]))
    assert (loaded.invoice, loaded.open) == (invoice["id"], True)
    assert loaded.due_at == invoice["due_at"]
    assert loaded.remind_at == [invoice["due_at"] - timedelta(days=3)]
    due = counter.sql("select at from audit_v1.due")
    assert {(loaded.due_at,), (loaded.remind_at[0],)} <= set(due)
    counter.void(invoice)
    assert not counter.activities.load_invoice(CaseRef(subject=invoice["id"])).open
    assert (loaded.due_at,) not in counter.sql("select at from audit_v1.due")


def test_a_gap_in_what_a_workflow_heard_is_filled(counter: Counter) -> None:
    invoice = counter.invoice()
    counter.void(invoice)
    case = invoice["application_id"]
    found = counter.activities.events_between(EventRange(case=case, after=0))
    assert [(one.seq, one.name) for one in found.events] == [
        (1, "invoice.raised"),
        (2, "invoice.voided"),
    ]
    assert counter.activities.events_between(EventRange(case=case, after=1, upto=1)).events == []


def test_an_appointment_is_copied_and_an_older_version_changes_nothing(counter: Counter) -> None:
    told = AppointmentCopy(
        key=uuid4().hex,
        id=uuid4(),
        person="staff:clerk",
        agency="mines",
        office="mines-north",
        powers=[Power.READ_LEDGER.value],
        since=datetime(2026, 1, 1, tzinfo=UTC),
        version=2,
    )
    assert counter.activities.copy_appointment(told) == Ack()
    older = told.model_copy(update={"key": uuid4().hex, "version": 1, "powers": []})
    counter.activities.copy_appointment(older)
    found = counter.sql("select powers, version from appointment where id = %s", told.id)
    assert found == [(["read-ledger"], 2)]


def test_an_appointment_that_was_ended_is_kept_with_its_end(counter: Counter) -> None:
    told = AppointmentCopy(
        key=uuid4().hex,
        id=uuid4(),
        person="staff:clerk",
        agency="mines",
        office="mines-north",
        powers=[Power.READ_LEDGER.value, "of-a-later-release"],
        since=datetime(2026, 1, 1, tzinfo=UTC),
        until=datetime(2126, 1, 1, tzinfo=UTC),
        version=1,
        ended=True,
    )
    assert counter.activities.copy_appointment(told) == Ack()
    until, powers = counter.sql("select until, powers from appointment where id = %s", told.id)[0]
    assert until <= counter.now()
    assert powers == ["of-a-later-release", "read-ledger"]


@pytest.mark.parametrize(("days", "status"), [(1, 200), (-1, 403)])
def test_powers_end_here_too_at_the_dated_end_of_an_appointment(
    counter: Counter, days: int, status: int
) -> None:
    sub = f"dated-{uuid4().hex[:8]}"
    told = AppointmentCopy(
        key=uuid4().hex,
        id=uuid4(),
        person=f"staff:{sub}",
        agency="mines",
        office="mines-north",
        powers=[Power.READ_LEDGER.value],
        since=counter.now() - timedelta(days=9),
        until=counter.now() + timedelta(days=days),
        version=2,
    )
    counter.activities.copy_appointment(told)
    who = counter.issuer.headers("staff", sub, groups=["/agencies/mines/mines-north"])
    assert counter.http.get("/v1/ledger", headers=who).status_code == status


def test_the_same_key_begins_one_payment_and_gets_equal_bytes(counter: Counter) -> None:
    counter.operator.fault(outcome="pending")
    invoice, key = counter.invoice(), str(uuid4())
    with ThreadPoolExecutor(4) as twins:
        done = list(twins.map(lambda _: counter.pay(invoice, **{"Idempotency-Key": key}), range(4)))
    assert {one.status_code for one in done} == {202}
    assert len({one.content for one in done}) == 1
    begun = counter.sql("select count(*) from payment_intent where invoice_id = %s", invoice["id"])
    assert begun == [(1,)]
    other = counter.pay(invoice, "+255700000003", **{"Idempotency-Key": key})
    assert other.json()["type"].endswith("key-used-before")


def test_an_invoice_has_five_payments_under_way_at_most(counter: Counter) -> None:
    counter.operator.fault(outcome="pending")
    invoice = counter.invoice()
    for _ in range(5):
        counter.begun(invoice)
    refused = counter.pay(invoice)
    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "urn:cornerpost:problem:too-many-payments-under-way",
    )


@pytest.mark.parametrize("msisdn", ["0700000001", "+0700000001", "+25570000000a", "", "+1"])
def test_a_number_that_is_none_is_malformed(counter: Counter, msisdn: str) -> None:
    assert counter.pay(counter.invoice(), msisdn).status_code == 422


def test_an_invoice_of_nothing_is_paid_as_it_is_raised(counter: Counter) -> None:
    """A law that charges nothing: the edition in force, with this fee's lines made free."""
    desk = counter.teller.desk
    law = desk.country.newest
    free = [
        fee.model_copy(
            update={
                "lines": tuple(
                    one.model_copy(update={"amount": "0", "by_holder": {}}) for one in fee.lines
                )
            }
        )
        for fee in law.rules.fees
    ]
    rules = law.rules.model_copy(update={"fees": tuple(free)})
    ref = law.ref.model_copy(update={"hash": "f" * 64})
    charity = Country("example", [Edition(ref, law.effective, rules)])
    generous = replace(desk, country=charity)
    command = counter.raising().model_copy(update={"edition": ref})
    done = counter.works.run(BY, lambda work: raise_invoice(work, generous, command))
    assert done == Ack(seq=1)
    told = counter.journal(command.application_id)
    assert [row[0] for row in told] == ["invoice.raised", "invoice.paid"]
    assert counter.row(command.application_id)["status"] == "paid"
    assert counter.pay(counter.row(command.application_id)).status_code == 409


def test_a_payment_counts_from_the_providers_instant_within_what_is_known_here(
    counter: Counter,
) -> None:
    counter.operator.fault(callback="none")
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    eventually(lambda: counter.operator.completed(payment), "the payer never answered")
    counter.forward(timedelta(hours=3))
    assert counter.teller.ask(UUID(payment))
    name, payload, legal_at, at = counter.journal(invoice["application_id"])[1]
    begun_at = counter.sql("select begun_at from payment_intent where id = %s", payment)[0][0]
    assert name == "invoice.paid"
    assert begun_at <= legal_at <= at
    assert datetime.fromisoformat(payload["paid_at"]) == legal_at
