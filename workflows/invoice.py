"""An invoice's workflow: reminds before it is due, and has it expire when nobody paid in time."""

from datetime import datetime, timedelta
from typing import Final

from temporalio import workflow

from workflows.alarm import Alarm
from workflows.asking import LOOK_AGAIN, THOROUGH, LegalClock, Refused, ask, is_full

with workflow.unsafe.imports_passed_through():
    from contracts import procedures as p
    from kernel import facts
    from kernel.events import CaseRef, Event, Source
    from kernel.term import GRACE
    from workflows.engine.timers import PAUSE, again
    from workflows.engine.turn import command_key

PAYMENTS: Final = Source.PAYMENTS.value
ENDS: Final = (facts.INVOICE_PAID, facts.INVOICE_EXPIRED, facts.INVOICE_VOIDED)


@workflow.defn(name=p.INVOICE_WORKFLOW)
class InvoiceWorkflow:
    """One invoice from its raising until it is paid, voided or expired."""

    @workflow.init
    def __init__(self, case: CaseRef) -> None:
        self.case = case
        self.clock = LegalClock(case.clock_offset)
        self.alarm = Alarm(self.stir)
        self.stirred = self.changed = False
        self.ended: str | None = None
        self.reminded = self.attempts = 0
        self.ask_at: datetime | None = None

    @workflow.signal(name=p.FACT_RECORDED)
    def fact_recorded(self, event: Event) -> None:
        self.clock.saw(event)
        if event.name in ENDS:
            self.ended = event.name
        elif event.name != facts.INVOICE_RAISED:
            self.changed = True
        self.stir()

    @workflow.signal(name=LOOK_AGAIN)
    def look_again(self) -> None:
        self.changed = True
        self.stir()

    @workflow.run
    async def run(self, case: CaseRef) -> str:
        try:
            invoice = await self.load()
        except Refused as no:
            workflow.logger.warning("Payments knows no such invoice: %s", no.slug)
            return no.slug
        while self.ended is None and invoice.open:
            self.stirred = False
            await self.act(invoice)
            if is_full():
                workflow.continue_as_new(self.case)
            self.alarm.set(self.next_wake(invoice), self.clock.now())
            await workflow.wait_condition(lambda: self.stirred)
            if self.changed:
                invoice = await self.load()
        self.alarm.off()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.ended or "closed"

    def stir(self) -> None:
        self.stirred = True

    async def load(self) -> p.LoadedInvoice:
        """The invoice as payments has it; of reminders that are past only the newest is sent.

        What changes while it is read has it read once more.
        """
        self.changed = True
        while self.changed:
            self.changed = False
            invoice = await ask(p.LOAD_INVOICE, self.case, PAYMENTS, p.LoadedInvoice)
        if invoice.stands_still:
            self.ask_at = None
            return invoice
        now, first = self.clock.now(), invoice.due_at + GRACE
        past = [at for at in invoice.remind_at if at <= now]
        self.reminded = max(self.reminded, len(past) - 1)
        waits_longer = first <= now and self.attempts > 0
        self.ask_at = again(now, self.attempts) if waits_longer else first
        return invoice

    def next_wake(self, invoice: p.LoadedInvoice) -> datetime | None:
        if invoice.stands_still:
            return None
        left = sorted(invoice.remind_at)[self.reminded :]
        return min([at for at in (*left, self.ask_at) if at is not None], default=None)

    async def act(self, invoice: p.LoadedInvoice) -> None:
        """Do what is due: one reminder, or the proposal that the invoice has expired.

        Nothing is while all clocks stand still: a fact will tell when they run again.
        """
        if invoice.stands_still:
            return
        now = self.clock.now()
        if self.ask_at is not None and self.ask_at <= now:
            await self.expire(invoice)
            return
        left = sorted(invoice.remind_at)[self.reminded :]
        if left and left[0] <= now:
            self.reminded += 1
            await self.remind(invoice)

    async def remind(self, invoice: p.LoadedInvoice) -> None:
        key = self.key(invoice, p.REMIND_INVOICE, str(self.reminded))
        try:
            await ask(p.REMIND_INVOICE, self.keyed(invoice, key), PAYMENTS, p.Ack)
        except Refused as no:
            workflow.logger.warning("A reminder was refused: %s", no.slug)

    async def expire(self, invoice: p.LoadedInvoice) -> None:
        """Payments compares and sets, and asks the provider first; it may say when to ask again."""
        self.attempts += 1
        key = self.key(invoice, p.EXPIRE_INVOICE, str(self.attempts))
        question = p.ExpireInvoice(**self.keyed(invoice, key).model_dump(), due_at=invoice.due_at)
        self.ask_at = again(self.clock.now(), self.attempts)
        try:
            answer = await ask(p.EXPIRE_INVOICE, question, PAYMENTS, p.LapseAnswer, THOROUGH)
        except Refused as no:
            workflow.logger.warning("The expiry was refused: %s", no.slug)
            return
        if answer.not_before is not None:
            self.ask_at = max(answer.not_before, self.clock.now() + PAUSE)
        if answer.not_before is None:
            await self.hear_of_the_end()

    async def hear_of_the_end(self) -> None:
        """The fact of the end is on its way; without it the invoice is looked at again."""
        try:
            await workflow.wait_condition(
                lambda: self.ended is not None, timeout=timedelta(minutes=1)
            )
        except TimeoutError:
            self.changed = True
            self.stir()

    def key(self, invoice: p.LoadedInvoice, operation: str, n: str) -> str:
        return command_key(invoice.application_id, str(invoice.invoice), 0, operation, n)

    def keyed(self, invoice: p.LoadedInvoice, key: str) -> p.Keyed:
        return p.Keyed(
            key=key,
            subject=invoice.invoice,
            application_id=invoice.application_id,
            edition=invoice.edition,
        )
