"""A case's workflow: feeds facts to the engine, carries out what it asks, sleeps till its wake."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.alarm import Alarm
from workflows.asking import (
    LOOK_AGAIN,
    START_LOST,
    LegalClock,
    Lost,
    Refused,
    ask,
    is_full,
)
from workflows.lanes import Lanes

with workflow.unsafe.imports_passed_through():
    from contracts import procedures as p
    from kernel.commands import Command, Operation
    from kernel.events import CaseRef, Event, Source
    from kernel.facts import CASE_CLOSED
    from workflows.engine.advance import advance, next_wake, refold
    from workflows.engine.companions import issuance_under_way, open_invoices
    from workflows.engine.inbox import Inbox
    from workflows.engine.leftovers import leftovers, refused_in
    from workflows.engine.state import CaseState, dump
    from workflows.engine.timers import answered

LICENSING = Source.LICENSING.value
LINGER = timedelta(minutes=10)  # after closing, for what the closing set going
GAP = timedelta(seconds=30)  # between two tries to fill a gap that licensing could not fill
KEPT_REFUSALS = 50


@workflow.defn(name=p.APPLICATION_WORKFLOW)
class ApplicationWorkflow:
    """One application from lodgement to its end; decides nothing and refuses no recorded fact."""

    @workflow.init
    def __init__(self, case: CaseRef) -> None:
        self.case = case
        self.clock = LegalClock(case.clock_offset)
        self.inbox: Inbox[Event] = Inbox(case.last_seq)
        self.lanes = Lanes(self.stir)
        self.alarm = Alarm(self.ring)
        self.loaded: p.LoadedCase | None = None
        self.state: CaseState | None = None
        self.refused: list[str] = []
        self.under_way: dict[str, None] = {}
        self.unmet: dict[str, Command] = {}
        self.stirred = self.rang = self.looks = False
        self.linger_until: datetime | None = None
        self.gap_until: datetime | None = None

    @workflow.signal(name=p.FACT_RECORDED)
    def fact_recorded(self, event: Event) -> None:
        """Licensing's facts are put in order; others count when licensing has journalled them."""
        if event.source is Source.LICENSING:
            self.inbox.put(event)
            self.stir()
        else:
            self.lanes.put(f"journal:{event.source.value}", partial(self.journal, event))

    @workflow.signal(name=LOOK_AGAIN)
    def look_again(self) -> None:
        self.looks = True
        self.ring()

    @workflow.query(name="state")
    def told(self) -> dict[str, object]:
        """How the case stands, for operators; holds no personal data."""
        if self.state is None:
            return {"loaded": False}
        wake = next_wake(self.state)
        return dump(self.state) | {
            "loaded": True,
            "now": self.clock.now().isoformat(),
            "next_wake": wake.isoformat() if wake else None,
            "under_way": list(self.under_way),
            "refused": list(self.refused),
            "facts_ahead": len(self.inbox),
        }

    @workflow.run
    async def run(self, case: CaseRef) -> str:
        try:
            state = await self.load()
        except Refused as no:
            workflow.logger.warning("Licensing knows no such case: %s", no.slug)
            return no.slug
        late = state.closed is not None
        self.looks = not late or issuance_under_way(state) is not None
        while not self.is_over(late):
            self.stirred = False
            await self.catch_up()
            self.act(None)
            self.look_after_companions()
            self.lanes.check()
            if self.lanes.idle and not len(self.inbox) and is_full():
                self.hand_over()
            self.alarm.set(self.next_alarm(), self.clock.now())
            if not self.is_over(late):
                await workflow.wait_condition(lambda: self.stirred)
        self.alarm.off()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.now_state.closed or ""

    def stir(self) -> None:
        self.stirred = True

    def ring(self) -> None:
        self.rang = self.stirred = True

    @property
    def now_state(self) -> CaseState:
        if self.state is None:
            raise RuntimeError("the case is not loaded yet")
        return self.state

    async def load(self) -> CaseState:
        """Fold the journal; what came after `last_seq` is carried out (a repeat is harmless)."""
        loaded = await ask(p.LOAD_CASE, self.case, LICENSING, p.LoadedCase)
        self.loaded = loaded.model_copy(update={"journal": []})
        plan, case, journal = loaded.plan, self.case.subject, loaded.journal
        for event in journal:
            self.clock.saw(event)
        if any(event.name == CASE_CLOSED for event in journal):
            self.state, owed = leftovers(plan, case, journal, self.clock.now())
            self.put_into_lanes(owed)
        else:
            self.state, asked = refold(plan, case, journal, upto=self.case.last_seq)
            self.unmet = {one.key: one for one in asked if one.key in refused_in(journal)}
        self.inbox.done = self.state.last_seq
        self.inbox.extend(journal)
        while (fact := self.inbox.take()) is not None:
            self.act(fact)
        return self.state

    async def catch_up(self) -> None:
        """Fold every fact that has come; what was lost on the way is fetched."""
        if self.rang:
            self.rang = False
            await self.fetch(self.inbox.done, None)
        gap = self.inbox.gap()
        if gap is not None and (self.gap_until is None or self.gap_until <= self.clock.now()):
            await self.fetch(*gap)
            self.gap_until = self.clock.now() + GAP if self.inbox.gap() else None
        while (event := self.inbox.take()) is not None:
            self.act(event)

    async def fetch(self, after: int, upto: int | None) -> None:
        wanted = p.EventRange(case=self.case.subject, after=after, upto=upto)
        try:
            found = await ask(p.EVENTS_BETWEEN, wanted, LICENSING, p.EventList)
        except Refused as no:
            self.note_refusal(p.EVENTS_BETWEEN, no)
            return
        self.inbox.extend(found.events)

    def act(self, event: Event | None) -> None:
        """One turn of the engine; what it asks for goes into the lanes of the services."""
        plan = self.now_loaded.plan
        if event is not None:
            self.clock.saw(event)
        self.state, commands = advance(plan, self.now_state, event, self.clock.now())
        self.put_into_lanes(commands)

    def put_into_lanes(self, commands: Iterable[Command]) -> None:
        for command in commands:
            self.under_way[command.key] = None
            self.unmet.pop(command.key, None)
            lane = f"{p.QUEUE_OF[command.operation]}:{command.subject}"
            self.lanes.put(lane, partial(self.carry_out, command))

    @property
    def now_loaded(self) -> p.LoadedCase:
        if self.loaded is None:
            raise RuntimeError("the case is not loaded yet")
        return self.loaded

    async def carry_out(self, command: Command) -> None:
        """Have a command carried out; a refusal is journalled: facts decide what happens next."""
        not_before: datetime | None = None
        operation = command.operation
        try:
            answer = await ask(
                operation.value, self.completed(command), p.QUEUE_OF[operation], p.LapseAnswer
            )
            not_before = answer.not_before
        except Refused as no:
            await self.journal_refusal(command, no)
        self.under_way.pop(command.key, None)
        now = self.clock.now()
        self.state = answered(self.now_loaded.plan, self.now_state, command, not_before, now)

    async def journal_refusal(self, command: Command, no: Refused) -> None:
        """Have licensing journal it and tell an office; asked again when it looks again."""
        self.note_refusal(command.key, no)
        self.unmet[command.key] = command
        refused = p.RefusedCommand(
            key=command.key,
            application_id=command.application_id,
            operation=command.operation,
            subject=command.subject,
            round=command.round,
            problem=no.slug,
        )
        try:
            await ask(p.RECORD_REFUSAL, refused, LICENSING, p.Ack)
        except Refused as unheard:
            self.note_refusal(p.RECORD_REFUSAL, unheard)

    def completed(self, command: Command) -> Command:
        """The command with what the engine does not keep: the ground, and who is to pay."""
        added: dict[str, object] = {}
        if command.operation is Operation.ENTER_AREA:
            added["ground"] = self.now_loaded.ground
        elif command.operation is Operation.RAISE_INVOICE:
            added["payer"] = self.now_loaded.applicant
        if not added:
            return command
        return command.model_copy(update={"args": {**command.args, **added}})

    async def journal(self, event: Event) -> None:
        """Have licensing write another service's fact into the case's journal, in their order."""
        try:
            answer = await ask(p.RECORD_FACT, event, LICENSING, p.FactRecorded)
            if answer.missing_after is not None:
                answer = await self.journal_from(event, answer.missing_after)
        except Refused as no:
            self.note_refusal(f"{event.source.value} {event.seq} {event.name}", no)
            return
        if answer.event is not None:
            self.inbox.put(answer.event)

    async def journal_from(self, event: Event, after: int) -> p.FactRecorded:
        """Fetch what is missing before `event` from its own service, and journal all of it."""
        wanted = p.EventRange(case=event.case, after=after, upto=event.seq - 1)
        earlier = await ask(p.EVENTS_BETWEEN, wanted, event.source.value, p.EventList)
        for missing in earlier.events:
            answer = await ask(p.RECORD_FACT, missing, LICENSING, p.FactRecorded)
            if answer.event is not None:
                self.inbox.put(answer.event)
        return await ask(p.RECORD_FACT, event, LICENSING, p.FactRecorded)

    def look_after_companions(self) -> None:
        """When asked to look again: is what the case relies on there, is what was refused done?"""
        if not self.looks:
            return
        self.looks = False
        again, self.unmet = self.unmet, {}
        if not self.now_state.ended:
            self.put_into_lanes(again.values())
        issuance = issuance_under_way(self.now_state)
        relied_on = [p.Tell.invoice(invoice) for invoice in open_invoices(self.now_state)]
        if issuance is not None:
            relied_on.append(p.Tell.issuance(issuance))
        for told in relied_on:
            self.lanes.put(f"look:{told.workflow_id}", partial(self.look_after, told))

    async def look_after(self, told: p.Tell) -> None:
        lost = Lost(workflow=told.workflow, subject=told.subject, legal_now=self.clock.now())
        try:
            await workflow.get_external_workflow_handle(told.workflow_id).signal(LOOK_AGAIN)
        except ApplicationError:
            workflow.logger.warning("A workflow that the case relies on is started again")
            await ask(START_LOST, lost, p.PROCEDURES, p.Ack)

    def note_refusal(self, what: str, no: Refused) -> None:
        workflow.logger.warning("Refused: %s: %s", what, no.slug)
        self.refused = [*self.refused[1 - KEPT_REFUSALS :], f"{what}: {no.slug}"]

    def next_alarm(self) -> datetime | None:
        """When time alone brings something about, or a wait of the shell itself is over."""
        state = self.now_state
        if state.closed is not None and self.linger_until is None:
            self.linger_until = self.clock.now() + LINGER
        gap = self.gap_until if self.inbox.gap() else None
        waits = [at for at in (next_wake(state), self.linger_until, gap) if at is not None]
        return min(waits, default=None)

    def is_over(self, late: bool) -> bool:
        """Closed, and what the closing set going has ended; a late fact waits for nothing."""
        state = self.now_state
        if state.closed is None or not self.lanes.idle or self.stirred:
            return False
        if late or state.settled:
            return True
        return self.linger_until is not None and self.clock.now() >= self.linger_until

    def hand_over(self) -> None:
        """Go on in a new run: everything that came is folded, and every command was carried out."""
        done = self.now_state.last_seq
        workflow.continue_as_new(self.case.model_copy(update={"last_seq": done}))
