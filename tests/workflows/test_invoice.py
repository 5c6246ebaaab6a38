"""An invoice on the real server: reminded, expired with the provider's consent, or paid."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

from chassis.clock import machine_now
from contracts import procedures as p
from kernel import facts
from kernel.events import CaseRef, Source
from tests.workflows.country import seen
from tests.workflows.desk import Answer, Desk, open_desk, told
from tests.workflows.plans import EDITION

DAY = timedelta(days=1)
QUESTIONS = {
    "payments.load_invoice": CaseRef,
    "payments.remind_invoice": p.Keyed,
    "payments.expire_invoice": p.ExpireInvoice,
}


def invoice(open_: bool = True) -> p.LoadedInvoice:
    now = machine_now()
    return p.LoadedInvoice(
        invoice=uuid4(),
        application_id=uuid4(),
        edition=EDITION,
        due_at=now + 20 * DAY,
        remind_at=[now + 10 * DAY, now + 18 * DAY],
        open=open_,
    )


def at_desk(
    temporal: str, live: Callable[[Desk], Awaitable[None]], **answers: Answer | list[Answer]
) -> None:
    async def run() -> None:
        given = {f"payments.{name}": answer for name, answer in answers.items()}
        async with open_desk(temporal, QUESTIONS, given) as desk:
            await live(desk)

    asyncio.run(run())


def test_an_unpaid_invoice_is_reminded_twice_and_expires_half_a_minute_after_it_is_due(
    temporal: str,
) -> None:
    one = invoice()

    async def live(desk: Desk) -> None:
        raised = told(facts.INVOICE_RAISED, Source.PAYMENTS)
        handle = await desk.start(p.INVOICE_WORKFLOW, one.invoice, raised)
        await desk.skip(handle, 19 * DAY)
        keys = [asked.key for asked in desk.questions("payments.remind_invoice")]
        key = f"{one.application_id}:{one.invoice}:0"
        assert keys == [f"{key}:remind_invoice:1", f"{key}:remind_invoice:2"]
        assert "payments.expire_invoice" not in desk.names
        await desk.skip(handle, 2 * DAY)
        assert await handle.result() == "closed"
        (expire,) = desk.questions("payments.expire_invoice")
        assert expire.due_at == one.due_at

    closed = one.model_copy(update={"open": False})
    at_desk(
        temporal,
        live,
        load_invoice=[one, closed],
        remind_invoice=p.Ack(),
        expire_invoice=p.LapseAnswer(),
    )


def test_an_invoice_whose_payment_is_under_way_is_asked_about_later_under_another_key(
    temporal: str,
) -> None:
    one = invoice()

    async def live(desk: Desk) -> None:
        handle = await desk.start(p.INVOICE_WORKFLOW, one.invoice)
        await desk.skip(handle, 21 * DAY)
        keys = [asked.key[-2:] for asked in desk.questions("payments.expire_invoice")]
        assert keys == [":1"]
        await desk.skip(handle, DAY)
        keys = [asked.key[-2:] for asked in desk.questions("payments.expire_invoice")]
        assert keys[:2] == [":1", ":2"]
        assert len(keys) == len(set(keys))
        await handle.signal(p.FACT_RECORDED, told(facts.INVOICE_EXPIRED, Source.PAYMENTS))
        assert await handle.result() == facts.INVOICE_EXPIRED

    later = p.LapseAnswer(not_before=one.due_at + 1.5 * DAY)
    at_desk(
        temporal,
        live,
        load_invoice=one,
        remind_invoice=p.Ack(),
        expire_invoice=[later, p.LapseAnswer()],
    )


def test_a_paid_invoice_ends_at_once_and_a_refused_reminder_keeps_it_alive(temporal: str) -> None:
    one = invoice()

    async def live(desk: Desk) -> None:
        handle = await desk.start(p.INVOICE_WORKFLOW, one.invoice)
        await desk.skip(handle, 11 * DAY)
        await seen(lambda: "payments.remind_invoice" in desk.names)
        await handle.signal(p.FACT_RECORDED, told(facts.INVOICE_PAID, Source.PAYMENTS))
        assert await handle.result() == facts.INVOICE_PAID

    at_desk(temporal, live, load_invoice=one, remind_invoice="nobody-to-remind")


def test_a_retimed_invoice_is_asked_about_at_its_new_due_instant_only(temporal: str) -> None:
    one = invoice()
    later = one.model_copy(update={"due_at": one.due_at + 5 * DAY, "remind_at": []})

    async def live(desk: Desk) -> None:
        handle = await desk.start(p.INVOICE_WORKFLOW, one.invoice)
        await seen(lambda: "payments.load_invoice" in desk.names)
        await handle.signal(p.FACT_RECORDED, told(facts.INVOICE_RETIMED, Source.PAYMENTS))
        await seen(lambda: desk.names.count("payments.load_invoice") == 2)
        await desk.skip(handle, 22 * DAY)
        assert "payments.expire_invoice" not in desk.names
        await desk.skip(handle, 4 * DAY)
        assert await handle.result() == "closed"
        (expire,) = desk.questions("payments.expire_invoice")
        assert expire.due_at == later.due_at

    closed = later.model_copy(update={"open": False})
    answers = [one, later, closed]
    at_desk(temporal, live, load_invoice=answers, expire_invoice=p.LapseAnswer())


def test_an_invoice_that_stands_still_is_neither_reminded_of_nor_asked_about(
    temporal: str,
) -> None:
    one = invoice()
    still = one.model_copy(update={"stands_still": True})

    async def live(desk: Desk) -> None:
        handle = await desk.start(p.INVOICE_WORKFLOW, one.invoice)
        await seen(lambda: "payments.load_invoice" in desk.names)
        await handle.signal(p.FACT_RECORDED, told(facts.INVOICE_RETIMED, Source.PAYMENTS))
        await seen(lambda: desk.names.count("payments.load_invoice") == 2)
        assert await handle.query(p.NEXT_WAKE) is None
        await handle.signal(p.FACT_RECORDED, told(facts.INVOICE_VOIDED, Source.PAYMENTS))
        assert await handle.result() == facts.INVOICE_VOIDED
        assert {"payments.expire_invoice", "payments.remind_invoice"}.isdisjoint(desk.names)

    at_desk(temporal, live, load_invoice=[one, still])


def test_a_late_fact_about_a_closed_invoice_starts_nothing(temporal: str) -> None:
    one = invoice(open_=False)

    async def live(desk: Desk) -> None:
        voided = told(facts.INVOICE_VOIDED, Source.PAYMENTS)
        handle = await desk.start(p.INVOICE_WORKFLOW, one.invoice, voided)
        assert await handle.result() == facts.INVOICE_VOIDED
        assert desk.names == ["payments.load_invoice"]

    at_desk(temporal, live, load_invoice=one)


def test_an_invoice_that_payments_does_not_know_ends_its_workflow(temporal: str) -> None:
    async def live(desk: Desk) -> None:
        handle = await desk.start(p.INVOICE_WORKFLOW, uuid4())
        assert await handle.result() == "not-found"

    at_desk(temporal, live, load_invoice="not-found")
