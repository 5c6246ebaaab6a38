"""Appointments, notices without a case, and reconciling, on the real server."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import Client

from chassis.clock import machine_now
from contracts import procedures as p
from kernel import facts
from kernel.commands import Command
from kernel.events import CaseRef, Source
from kernel.law.plan import GroundRule
from tests.workflows.country import open_country, seen, state_when
from tests.workflows.desk import Desk, open_desk, told
from tests.workflows.plans import EDITION, USUAL, fee, plan
from workflows.asking import LOOK_AGAIN
from workflows.schedule import RECONCILE, keep_schedule

DAY = timedelta(days=1)
SETTLED = (facts.STEP_OPENED, facts.AREA_ENTERED, facts.NOTICE_SENT)
"""What a case journals by itself after it was lodged."""

APPOINTMENT = {
    "licensing.load_appointment": CaseRef,
    "licensing.apply_appointment": p.AppointmentCopy,
    "cadastre.copy_appointment": p.AppointmentCopy,
    "payments.copy_appointment": p.AppointmentCopy,
    "messages.copy_appointment": p.AppointmentCopy,
}
TOLD = sorted(name for name in APPOINTMENT if name != "licensing.load_appointment")


def appointment(**other: Any) -> p.AppointmentCopy:
    known = {
        "key": "",
        "id": uuid4(),
        "person": "staff:1",
        "agency": "mines",
        "office": "mines-north",
        "powers": ["decide-step"],
        "since": machine_now() + 2 * DAY,
        "until": machine_now() + 30 * DAY,
        "version": 1,
    }
    return p.AppointmentCopy(**(known | other))


def test_an_appointment_is_told_when_it_begins_and_when_it_ends(temporal: str) -> None:
    one = appointment()

    async def live() -> None:
        answers: dict[str, Any] = {name: p.Ack() for name in TOLD}
        answers["licensing.load_appointment"] = one
        async with open_desk(temporal, APPOINTMENT, answers) as desk:
            handle = await desk.start(p.APPOINTMENT_WORKFLOW, one.id)
            await desk.skip(handle, DAY)
            assert copies(desk) == []
            await desk.skip(handle, 2 * DAY)
            assert copies(desk) == [(name, False) for name in TOLD]
            await desk.skip(handle, 30 * DAY)
            assert await handle.result() == "ended"
            assert copies(desk)[4:] == [(name, True) for name in TOLD]

    asyncio.run(live())


def test_an_appointment_ended_early_is_told_at_once_and_a_refusal_stops_nobody(
    temporal: str,
) -> None:
    one = appointment(since=machine_now() - DAY, until=None)
    ended = one.model_copy(update={"ended": True, "version": 2})

    async def live() -> None:
        answers: dict[str, Any] = {name: p.Ack() for name in TOLD}
        answers["payments.copy_appointment"] = "not-mine"
        answers["licensing.load_appointment"] = [one, ended]
        async with open_desk(temporal, APPOINTMENT, answers) as desk:
            handle = await desk.start(p.APPOINTMENT_WORKFLOW, one.id)
            await seen(lambda: len(copies(desk)) == 4)
            await handle.signal(p.FACT_RECORDED, told("appointment.ended", Source.LICENSING))
            assert await handle.result() == "ended"
            assert copies(desk) == [(n, False) for n in TOLD] + [(n, True) for n in TOLD]
            keys = [asked.key for asked in desk.questions("cadastre.copy_appointment")]
            assert keys == [
                f"{one.id}:cadastre:1:copy_appointment:live",
                f"{one.id}:cadastre:2:copy_appointment:ended",
            ]

    asyncio.run(live())


def test_an_appointment_that_ends_while_keycloak_is_away_ends_everywhere_else_at_once(
    temporal: str,
) -> None:
    one = appointment(since=machine_now() - DAY, until=None)
    ended = one.model_copy(update={"ended": True, "version": 2})
    registers = [name for name in TOLD if name != "licensing.apply_appointment"]
    away = [True]

    def keycloak(_: p.AppointmentCopy) -> p.Ack:
        if away[0]:
            raise ConnectionError("Keycloak is away")
        return p.Ack()

    async def live() -> None:
        answers: dict[str, Any] = {name: p.Ack() for name in registers}
        answers["licensing.apply_appointment"] = keycloak
        answers["licensing.load_appointment"] = [one, ended]
        async with open_desk(temporal, APPOINTMENT, answers) as desk:
            handle = await desk.start(p.APPOINTMENT_WORKFLOW, one.id)
            await seen(lambda: {*TOLD} <= {*desk.names})
            await handle.signal(p.FACT_RECORDED, told("appointment.ended", Source.LICENSING))
            await seen(
                lambda: sorted(n for n, q in desk.asked if n in registers and q.ended) == registers
            )
            away[0] = False
            assert await handle.result() == "ended"
            applied = [one.ended for one in desk.questions("licensing.apply_appointment")]
            assert (applied[0], applied[-1], applied) == (False, True, sorted(applied))

    asyncio.run(live())


def copies(desk: Desk) -> list[tuple[str, bool]]:
    """Whom it was told to, in groups of four, each in alphabetical order."""
    found = [(name, one.ended) for name, one in desk.asked if name in TOLD]
    return [one for start in range(0, len(found), 4) for one in sorted(found[start : start + 4])]


def test_a_notice_without_a_case_is_handed_to_messages(temporal: str) -> None:
    notices = [{"notice": str(uuid4()), "kind": "appointed", "to": "office:x", "params": {}}]
    event = told("appointment.approved", Source.LICENSING, notices=notices)
    event = event.model_copy(update={"edition": EDITION})

    async def live() -> None:
        questions, answers = {"messages.send_notice": Command}, {"messages.send_notice": p.Ack()}
        async with open_desk(temporal, questions, answers) as desk:  # type: ignore[arg-type]
            handle = await desk.start(p.NOTICE_WORKFLOW, uuid4(), event)
            assert await handle.result() == "1 handed over"
            (command,) = desk.questions("messages.send_notice")
            assert command.args == notices[0]
            assert command.edition == EDITION

    asyncio.run(live())


def test_reconciling_revives_a_lost_case_and_fetches_a_lost_fact(temporal: str) -> None:
    async def live() -> None:
        async with open_country(temporal, USUAL) as country:
            lost = await country.lodge(machine_now())
            kept = await country.lodge(machine_now())
            for case in (lost, kept):
                await seen(lambda case=case: {*SETTLED} <= {*case.names})
            await country.mail.join()
            await country.handle(lost).terminate("its history was lost")
            country.deliver = lambda event: []
            at = machine_now()
            country.tell(kept, list(kept.services.decide("screening", "refused", at)), at)
            await country.mail.join()
            country.deliver = lambda event: [event]
            gone = uuid4()
            country.appointed = [gone]
            await run_once(country.client)
            assert country.revived == [lost.id, gone]
            assert await country.handle(kept).result() == "refused"
            told = await state_when(country, lost, lambda told: not told["under_way"])
            assert told["steps"]["screening"]["status"] == "open"
            assert len(lost.asked) == 2 * len(set(lost.asked))
            await country.handle(lost).terminate("the test is over")

    asyncio.run(live())


def test_an_invoice_that_lost_its_workflow_gets_it_back_from_the_case_that_relies_on_it(
    temporal: str,
) -> None:
    async def live() -> None:
        quick = plan(fee("card-fee"), ground=GroundRule.NONE)
        async with open_country(temporal, quick) as country:
            ahead = 90 * DAY
            case = await country.lodge(machine_now() + ahead, offset=ahead)
            await seen(lambda: facts.INVOICE_RAISED in case.names)
            await state_when(
                country, case, lambda told: told["steps"]["card-fee"]["invoice"] == "open"
            )
            await country.handle(case).signal(LOOK_AGAIN)
            await seen(lambda: bool(country.looked_at))
            (ref,) = country.looked_at
            raised = case.journals[Source.PAYMENTS][0]
            assert str(ref.subject) == raised.payload["invoice"]
            assert abs(ref.clock_offset - ahead.total_seconds()) < 10
            await country.handle(case).terminate("the test is over")

    asyncio.run(live())


def test_a_granted_case_that_lost_its_issuance_starts_it_again(temporal: str) -> None:
    """Its workflow has ended; reviving it finds that nobody makes the certificate."""

    async def live() -> None:
        async with open_country(temporal, plan(fee("card-fee"))) as country:
            case = await country.lodge(machine_now())
            await seen(lambda: {*SETTLED} <= {*case.names})
            at, issuance = machine_now(), str(uuid4())
            issued = {"issuance": issuance, "round": 1, "licence_code": "XP-1"}
            for name in (facts.ISSUANCE_REQUESTED, facts.AREA_GRANTED, facts.LICENCE_ISSUED):
                country.tell(case, [(name, issued, at)], at)
            await seen(lambda: facts.CASE_CLOSED in case.names)
            await country.mail.join()
            await country.handle(case).terminate("its history was lost")
            await country.revive_case(CaseRef(subject=case.id))
            await seen(lambda: issuance in [str(ref.subject) for ref in country.looked_at])

    asyncio.run(live())


async def run_once(client: Client) -> str:
    """One pass of reconciling; answers its workflow id."""
    handle = await client.start_workflow(
        p.RECONCILE_WORKFLOW, p.PageRef(), id=f"reconcile-{uuid4()}", task_queue=p.PROCEDURES
    )
    assert await asyncio.wait_for(handle.result(), 30) == "done"
    return handle.id


def test_a_schedule_that_an_operator_paused_stays_paused_at_the_next_start(temporal: str) -> None:
    async def live() -> None:
        async with open_country(temporal, USUAL, workflows=False) as country:
            await keep_schedule(country.client, 60)
            handle = country.client.get_schedule_handle(RECONCILE)
            await handle.pause(note="by an operator")
            await keep_schedule(country.client, 15)
            found = (await handle.describe()).schedule
            assert found.state.paused
            assert found.spec.intervals[0].every == timedelta(minutes=15)
            await handle.delete()

    asyncio.run(live())
