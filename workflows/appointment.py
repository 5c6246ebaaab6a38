"""An appointment's workflow: tells whoever checks it when it begins, changes and ends."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any, Final

from temporalio import workflow

from workflows.alarm import Alarm
from workflows.asking import LOOK_AGAIN, PROMPT, THOROUGH, LegalClock, Refused, ask, is_full

with workflow.unsafe.imports_passed_through():
    from contracts import procedures as p
    from kernel.events import CaseRef, Event, Source

LICENSING: Final = Source.LICENSING.value
COPIES: Final = tuple(
    (source.value, p.COPY_APPOINTMENT)
    for source in (Source.CADASTRE, Source.PAYMENTS, Source.MESSAGES)
)
ACCOUNT: Final = (LICENSING, p.APPLY_APPOINTMENT)
"""Queue and activity of those who are told; the account's is the one that speaks to Keycloak."""

APART: Final = "account-told-apart"
"""Marks runs in which an outage of Keycloak delays no copy; earlier ones replay as they went."""


@workflow.defn(name=p.APPOINTMENT_WORKFLOW)
class AppointmentWorkflow:
    """One appointment from its approval until its end has been told everywhere."""

    @workflow.init
    def __init__(self, case: CaseRef) -> None:
        self.case = case
        self.clock = LegalClock(case.clock_offset)
        self.alarm = Alarm(self.stir)
        self.changed = True
        self.stirred = False
        self.told: tuple[int, bool] | None = None  # version, ended
        self.account: asyncio.Task[None] | None = None  # tells Keycloak, however long it is away

    @workflow.signal(name=p.FACT_RECORDED)
    def fact_recorded(self, event: Event) -> None:
        self.clock.saw(event)
        self.changed = True
        self.stir()

    @workflow.signal(name=LOOK_AGAIN)
    def look_again(self) -> None:
        self.changed = True
        self.stir()

    @workflow.run
    async def run(self, case: CaseRef) -> str:
        while True:
            self.stirred = False
            try:
                appointment = await self.load()
            except Refused as no:
                workflow.logger.warning("Licensing knows no such appointment: %s", no.slug)
                return no.slug
            if await self.tell(appointment) and await self.account_follows():
                break
            if is_full() and not self.stirred:
                workflow.continue_as_new(self.case)
            self.alarm.set(self.next_wake(appointment), self.clock.now())
            await workflow.wait_condition(lambda: self.stirred)
        self.alarm.off()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return "ended"

    def stir(self) -> None:
        self.stirred = True

    async def load(self) -> p.AppointmentCopy:
        self.changed = False
        return await ask(p.LOAD_APPOINTMENT, self.case, LICENSING, p.AppointmentCopy)

    def next_wake(self, appointment: p.AppointmentCopy) -> datetime | None:
        now = self.clock.now()
        ahead = [at for at in (appointment.since, appointment.until) if at is not None and at > now]
        return min(ahead, default=None)

    async def tell(self, appointment: p.AppointmentCopy) -> bool:
        """Tell what holds now, if it was not told before. True when that was the end."""
        now, until = self.clock.now(), appointment.until
        ended = appointment.ended or (until is not None and until <= now)
        if not ended and appointment.since > now:
            return False
        if self.told != (appointment.version, ended):
            told = [self.copy(appointment, ended, *whom) for whom in COPIES]
            account = self.copy(appointment, ended, *ACCOUNT)
            if workflow.patched(APART):
                self.account = asyncio.create_task(self.in_turn(account, self.account))
            else:
                told.append(account)
            await asyncio.gather(*told)
            self.told = (appointment.version, ended)
        return ended

    async def in_turn(
        self, telling: Coroutine[Any, Any, None], before: asyncio.Task[None] | None
    ) -> None:
        """What came first is told first, so that the last word stands."""
        if before is not None:
            await before
        await telling

    async def account_follows(self) -> bool:
        """True when Keycloak knows everything too; False when a fact comes before that."""
        account = self.account
        await workflow.wait_condition(lambda: self.changed or account is None or account.done())
        return not self.changed

    async def copy(
        self, appointment: p.AppointmentCopy, ended: bool, queue: str, activity: str
    ) -> None:
        """One of those told; a refusal is logged and keeps nobody else from hearing it."""
        state = "ended" if ended else "live"
        key = f"{appointment.id}:{queue}:{appointment.version}:{activity}:{state}"
        question = appointment.model_copy(update={"key": key, "ended": ended})
        try:
            within = THOROUGH if activity == p.APPLY_APPOINTMENT else PROMPT
            await ask(activity, question, queue, p.Ack, within)
        except Refused as no:
            workflow.logger.error("%s of %s was refused: %s", activity, queue, no.slug)
