"""Records histories that later workflow code must replay: `python -m tests.workflows.record LIFE…`.

Without the name of a life every one is recorded. Do so only when a change of the workflows is meant
to leave open cases of the old kind behind, that is, never in place of a history that a release has
made; new kinds get new files.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from chassis.clock import machine_now
from contracts import procedures as p
from kernel import facts
from kernel.commands import Command
from kernel.events import Source
from tests.workflows import server
from tests.workflows.country import open_country, seen, skip
from tests.workflows.desk import open_desk, told
from tests.workflows.lives import LIVES as OF_STANDING
from tests.workflows.plans import PAID_FIRST, USUAL
from tests.workflows.saving import HISTORIES, save, step
from tests.workflows.test_invoice import QUESTIONS as INVOICE
from tests.workflows.test_invoice import invoice
from tests.workflows.test_issuance import QUESTIONS as ISSUANCE
from tests.workflows.test_issuance import WELL
from tests.workflows.test_others import APPOINTMENT, TOLD, appointment, run_once
from workflows.asking import LOOK_AGAIN

DAY: Final = timedelta(days=1)


async def granted(address: str) -> None:
    """Warned, escalated, deemed, asked for information, paid, granted."""
    async with open_country(address, USUAL) as country:
        case = await country.lodge(machine_now())
        await seen(lambda: facts.STEP_OPENED in case.names)
        at = machine_now()
        country.tell(case, list(case.services.request("screening", 2 * DAY, at)), at)
        await country.mail.join()
        await skip(country, case, 3 * DAY)
        await step(country, case, "screening")
        await seen(lambda: "council" in case.services.desks)
        await skip(country, case, 17 * DAY)
        await step(country, case, "environment")
        await skip(country, case, 10 * DAY)
        await step(country, case, "decision")
        await seen(lambda: facts.INVOICE_RAISED in case.names)
        at = case.journal[-1].at
        country.tell(case, list(case.services.pay("grant-fee", at)), at)
        await country.handle(case).result()
        await save(country.client, f"application:{case.id}", "application-granted")


async def void(address: str) -> None:
    """Lodged after the clock was moved, on a conditional place that nobody pays for."""
    async with open_country(address, PAID_FIRST) as country:
        case = await country.lodge(machine_now() + 90 * DAY, offset=90 * DAY)
        await seen(lambda: facts.INVOICE_RAISED in case.names)
        at = machine_now() + 90 * DAY
        country.tell(case, list(case.services.expire("filing-fee", at)), at)
        await country.handle(case).result()
        await save(country.client, f"application:{case.id}", "application-void")


async def withdrawn(address: str) -> None:
    """Refused, away, lost on the way, withdrawn; and a late fact in a run of its own."""
    async with open_country(address, USUAL) as country:
        country.refusing["enter_area"] = "statement-too-old"
        country.away["open_step"] = 1
        case = await country.lodge(machine_now())
        await seen(lambda: facts.STEP_OPENED in case.names)
        country.deliver = lambda event: []
        await step(country, case, "screening")
        country.deliver = lambda event: [event]
        at = machine_now()
        country.tell(case, [(facts.APPLICATION_WITHDRAWN, {}, at)], at)
        handle = country.handle(case)
        await handle.result()
        await save(country.client, f"application:{case.id}", "application-withdrawn")
        country.tell(case, [(facts.NOTICE_FAILED, {"notice": "old"}, at)], machine_now())
        await seen(lambda: facts.NOTICE_FAILED in case.names)
        await handle.result()
        await save(country.client, f"application:{case.id}", "application-late-fact")


async def looked_after(address: str) -> None:
    """Asked to look again while it relies on an invoice whose workflow was lost."""
    async with open_country(address, PAID_FIRST) as country:
        case = await country.lodge(machine_now())
        await seen(lambda: facts.INVOICE_RAISED in case.names)
        await country.mail.join()
        await country.handle(case).signal(LOOK_AGAIN)
        await seen(lambda: bool(country.looked_at))
        at = machine_now()
        country.tell(case, list(case.services.expire("filing-fee", at)), at)
        await country.handle(case).result()
        await save(country.client, f"application:{case.id}", "application-looked-after")


async def reconciled(address: str) -> None:
    async with open_country(address, USUAL) as country:
        case = await country.lodge(machine_now())
        await seen(lambda: facts.NOTICE_SENT in case.names and facts.AREA_ENTERED in case.names)
        await country.mail.join()
        await country.handle(case).terminate("its history was lost")
        await save(country.client, await run_once(country.client), "reconcile")
        await country.handle(case).terminate("recorded")


async def invoiced(address: str) -> None:
    one = invoice()
    answers = {
        "payments.load_invoice": one,
        "payments.remind_invoice": p.Ack(),
        "payments.expire_invoice": [
            p.LapseAnswer(not_before=one.due_at + DAY),
            p.LapseAnswer(),
        ],
    }
    async with open_desk(address, INVOICE, answers) as desk:  # type: ignore[arg-type]
        handle = await desk.start(p.INVOICE_WORKFLOW, one.invoice)
        await desk.skip(handle, 22 * DAY)
        await handle.signal(p.FACT_RECORDED, told(facts.INVOICE_EXPIRED, Source.PAYMENTS))
        await handle.result()
        await save(desk.client, handle.id, "invoice-expired")


async def issued(address: str) -> None:
    for name, changed in {
        "issuance-issued": {
            "licensing.reserve_licence_code": [
                p.ReservedCode(wait_for=[7]),
                WELL["licensing.reserve_licence_code"],
            ]
        },
        "issuance-returned": {"licensing.issue_licence": "case-is-closed"},
    }.items():
        async with open_desk(address, ISSUANCE, WELL | changed) as desk:  # type: ignore[arg-type]
            handle = await desk.start(p.ISSUANCE_WORKFLOW, uuid4())
            await handle.result()
            await save(desk.client, handle.id, name)


async def appointed(address: str) -> None:
    one = appointment()
    answers: dict[str, Any] = {name: p.Ack() for name in TOLD}
    answers["licensing.load_appointment"] = one
    async with open_desk(address, APPOINTMENT, answers) as desk:
        handle = await desk.start(p.APPOINTMENT_WORKFLOW, one.id)
        await desk.skip(handle, 40 * DAY)
        await handle.result()
        await save(desk.client, handle.id, "appointment")


async def ended_while_keycloak_was_away(address: str) -> None:
    """Its copies are told at once, its account when Keycloak is back."""
    one = appointment(since=machine_now() - DAY, until=None)
    ended = one.model_copy(update={"ended": True, "version": 2})
    away = [True]

    def keycloak(_: p.AppointmentCopy) -> p.Ack:
        if away[0]:
            raise ConnectionError("away")
        return p.Ack()

    answers: dict[str, Any] = {name: p.Ack() for name in TOLD}
    answers["licensing.apply_appointment"] = keycloak
    answers["licensing.load_appointment"] = [one, ended]
    async with open_desk(address, APPOINTMENT, answers) as desk:
        handle = await desk.start(p.APPOINTMENT_WORKFLOW, one.id)
        await seen(lambda: {*TOLD} <= {*desk.names})
        await handle.signal(p.FACT_RECORDED, told("appointment.ended", Source.LICENSING))
        await seen(lambda: desk.questions("messages.copy_appointment")[-1].ended)
        away[0] = False
        await handle.result()
        await save(desk.client, handle.id, "appointment-ended-while-keycloak-was-away")


async def noticed(address: str) -> None:
    notices = [{"notice": str(uuid4()), "kind": "appointed", "to": "office:x", "params": {}}]
    event = told("appointment.approved", Source.LICENSING, notices=notices)
    questions, answers = {"messages.send_notice": Command}, {"messages.send_notice": p.Ack()}
    async with open_desk(address, questions, answers) as desk:  # type: ignore[arg-type]
        handle = await desk.start(p.NOTICE_WORKFLOW, uuid4(), event)
        await handle.result()
        await save(desk.client, handle.id, "notice")


LIVES: Final[tuple[Callable[[str], Awaitable[None]], ...]] = (
    granted,
    void,
    withdrawn,
    looked_after,
    reconciled,
    invoiced,
    issued,
    *OF_STANDING,
    appointed,
    ended_while_keycloak_was_away,
    noticed,
)


async def record(address: str, *names: str) -> None:
    HISTORIES.mkdir(exist_ok=True)
    for life in LIVES:
        if not names or life.__name__ in names:
            await life(address)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, server.running(Path(folder), "record") as address:
        asyncio.run(record(address, *sys.argv[1:]))
    sys.stdout.flush()
    os._exit(0)
