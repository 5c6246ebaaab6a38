"""A fake country: activities of the real names that answer as the engine's model does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Worker

from contracts import procedures as p
from kernel import facts
from kernel.calendar import Calendar
from kernel.commands import Command, Operation
from kernel.events import CaseRef, Event, Source
from kernel.law.plan import FeeBefore, GroundRule, Plan
from tests.workflows.case import Case
from tests.workflows.server import NAMESPACE
from workflows.engine.desk_model import Reckoning, Told
from workflows.engine.model import Services
from workflows.settings import Settings
from workflows.worker import workflow_worker

QUIET = TelemetryFilter(core_level="ERROR", other_level="ERROR")
RUNTIME = Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=QUIET)))
SETTINGS = Settings(mode="training")
FOREIGN = {"area": Source.CADASTRE, "invoice": Source.PAYMENTS, "notice": Source.MESSAGES}


async def connect(address: str) -> Client:
    return await Client.connect(
        address,
        namespace=NAMESPACE,
        data_converter=pydantic_data_converter,
        runtime=RUNTIME,
        identity="tests",
    )


class Country:
    """The services of every case, and the relays that tell the workflows of their facts.

    `deliver` may lose, double or hold back what a relay would signal.
    """

    def __init__(self, client: Client, plan: Plan, calendar: Calendar | None = None) -> None:
        self.client, self.plan = client, plan
        self.reckoning = Reckoning.by(calendar or Calendar())
        self.cases: dict[UUID, Case] = {}
        self.appointed: list[UUID] = []
        self.revived: list[UUID] = []
        self.looked_at: list[CaseRef] = []
        self.refusing: dict[str, str] = {}
        self.away: dict[str, int] = {}
        self.deliver: Callable[[Event], Sequence[Event]] = lambda event: [event]
        self.mail: asyncio.Queue[tuple[Case, Event]] = asyncio.Queue()

    async def lodge(
        self, now: datetime, offset: timedelta = timedelta(0), missing: tuple[str, ...] = ()
    ) -> Case:
        """An applicant lodges at the legal instant `now`, without the papers `missing`."""
        case = Case(uuid4(), Services(self.plan, self.reckoning), offset)
        self.cases[case.id] = case
        payload: dict[str, object] = {
            "code": "XA-0001",
            "filing_seq": 1,
            "conditional": self.plan.fee_before is FeeBefore.RECEIPT,
            "papers": case.services.papers.lodged_without(missing, now),
            "has_ground": self.plan.ground is GroundRule.EXCLUSIVE_AREA,
            "notices": [{"notice": str(uuid4()), "kind": "lodged", "to": "public:1", "params": {}}],
        }
        self.tell(case, [(facts.LODGED, payload, now)], now)
        return case

    def tell(self, case: Case, told: Sequence[Told], now: datetime) -> None:
        for one in told:
            source = FOREIGN.get(one[0].partition(".")[0], Source.LICENSING)
            self.mail.put_nowait((case, case.write(source, one, now)))

    def handle(self, case: Case) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(f"application:{case.id}")

    async def relay(self) -> None:
        """Signals with start, one after another, as the relays do."""
        while True:
            case, event = await self.mail.get()
            for one in self.deliver(event):
                await self.signal(case, one)
            self.mail.task_done()

    async def signal(self, case: Case, event: Event) -> None:
        await self.client.start_workflow(
            p.APPLICATION_WORKFLOW,
            CaseRef(subject=case.id, clock_offset=int(case.offset.total_seconds())),
            id=f"application:{case.id}",
            task_queue=p.PROCEDURES,
            start_signal=p.FACT_RECORDED,
            start_signal_args=[event],
        )

    def _check(self, name: str) -> None:
        if self.away.get(name, 0) > 0:
            self.away[name] -= 1
            raise ConnectionError("the service is away")
        if name in self.refusing:
            raise ApplicationError("no", type=self.refusing[name], non_retryable=True)

    def carry_out(self, command: Command) -> p.LapseAnswer:
        self._check(command.operation.value)
        case = self.cases[command.application_id]
        case.asked.append(command.key.partition(":")[2])
        if command.key in case.answers:
            return case.answers[command.key]
        now = activity.info().started_time + case.offset
        told, not_before = case.services.carry_out(command, now)
        case.answers[command.key] = p.LapseAnswer(not_before=not_before)
        self.tell(case, told, now)
        return case.answers[command.key]

    @activity.defn(name=p.LOAD_CASE)
    async def load_case(self, ref: CaseRef) -> p.LoadedCase:
        self._check(p.LOAD_CASE)
        if ref.subject not in self.cases:
            raise ApplicationError("no such case", type="not-found", non_retryable=True)
        case = self.cases[ref.subject]
        return p.LoadedCase(plan=self.plan, journal=case.journal, applicant="public:1")

    @activity.defn(name=p.RECORD_FACT)
    async def record_fact(self, event: Event) -> p.FactRecorded:
        self._check(p.RECORD_FACT)
        case = self.cases[event.case]
        known = case.recorded.get((event.source, event.seq))
        if known is not None:
            return p.FactRecorded(event=known)
        newest = max((seq for source, seq in case.recorded if source is event.source), default=0)
        if event.seq != newest + 1:
            return p.FactRecorded(missing_after=newest)
        payload = event.payload | {"source": event.source.value, "source_seq": event.seq}
        told = (event.name, payload, event.legal_at)
        now = max(event.at, activity.info().started_time + case.offset)
        case.recorded[event.source, event.seq] = case.write(Source.LICENSING, told, now)
        return p.FactRecorded(event=case.recorded[event.source, event.seq])

    @activity.defn(name=p.RECORD_REFUSAL)
    async def record_refusal(self, refused: p.RefusedCommand) -> p.Ack:
        self._check(p.RECORD_REFUSAL)
        case = self.cases[refused.application_id]
        told = refused.model_dump(mode="json", exclude={"application_id"})
        now = activity.info().started_time + case.offset
        self.tell(case, [(facts.COMMAND_REFUSED, told, now)], now)
        return p.Ack()

    @activity.defn(name=p.LOAD_INVOICE)
    async def load_invoice(self, ref: CaseRef) -> p.LoadedInvoice:
        self.looked_at.append(ref)
        raise ApplicationError("it ended meanwhile", type="not-found", non_retryable=True)

    @activity.defn(name=p.LOAD_ISSUANCE)
    async def load_issuance(self, ref: CaseRef) -> p.LoadedIssuance:
        self.looked_at.append(ref)
        raise ApplicationError("it ended meanwhile", type="not-found", non_retryable=True)

    @activity.defn(name=p.OPEN_CASES)
    async def open_cases(self, page: p.PageRef) -> p.OpenCases:
        ids = [case.id for case in self.cases.values() if not case.services.closed]
        start = int(page.after or 0)
        more = start + page.limit < len(ids)
        return p.OpenCases(
            applications=ids[start : start + page.limit],
            next=str(start + page.limit) if more else None,
        )

    @activity.defn(name=p.OPEN_APPOINTMENTS)
    async def open_appointments(self, page: p.PageRef) -> p.OpenAppointments:
        return p.OpenAppointments(appointments=self.appointed)

    @activity.defn(name=p.REVIVE_APPOINTMENT)
    async def revive_appointment(self, ref: CaseRef) -> p.Ack:
        self.revived.append(ref.subject)
        return p.Ack()

    @activity.defn(name=p.REVIVE_CASE)
    async def revive_case(self, ref: CaseRef) -> p.Ack:
        self.revived.append(ref.subject)
        case = self.cases[ref.subject]
        self.mail.put_nowait((case, case.journal[-1]))
        return p.Ack()

    def activities(self, queue: str) -> list[Callable[..., Any]]:
        """What the service of that queue can do."""
        found: list[Callable[..., Any]] = [
            self._activity(operation) for operation, on in p.QUEUE_OF.items() if on == queue
        ]
        found.append(self._events_between(Source(queue)))
        if queue == Source.LICENSING.value:
            found += [self.load_case, self.record_fact, self.open_cases, self.revive_case]
            found += [self.load_issuance, self.record_refusal]
            found += [self.open_appointments, self.revive_appointment]
        if queue == Source.PAYMENTS.value:
            found.append(self.load_invoice)
        return found

    def _activity(self, operation: Operation) -> Callable[..., Any]:
        @activity.defn(name=operation.value)
        async def act(command: Command) -> p.LapseAnswer:
            return self.carry_out(command)

        return act

    def _events_between(self, source: Source) -> Callable[..., Any]:
        @activity.defn(name=p.EVENTS_BETWEEN)
        async def events_between(wanted: p.EventRange) -> p.EventList:
            self._check(p.EVENTS_BETWEEN)
            journal = self.cases[wanted.case].journals.get(source, [])
            return p.EventList(events=journal[wanted.after : wanted.upto])

        return events_between


@asynccontextmanager
async def open_country(
    address: str, plan: Plan, calendar: Calendar | None = None, workflows: bool = True
) -> AsyncIterator[Country]:
    """A country whose four services and, if asked for, whose workflows are at work."""
    client = await connect(address)
    country = Country(client, plan, calendar)
    workers = [
        Worker(client, task_queue=source.value, activities=country.activities(source.value))
        for source in Source
    ]
    if workflows:
        workers.append(workflow_worker(client, SETTINGS))
    relay = asyncio.create_task(country.relay())
    try:
        for worker in workers:
            await worker.__aenter__()
        yield country
    finally:
        for worker in workers:
            await worker.__aexit__(None, None, None)
        relay.cancel()


async def skip(country: Country, case: Case, by: timedelta) -> None:
    """Move one case through time, to an instant or to its end."""
    config = TimeSkippingConfig(
        enabled=False, disable_propagation=True, max_session_skip_count=5000
    )
    skipper = TimeSkipper(country.client, config=config)
    await asyncio.wait_for(skipper.fast_forward(country.handle(case), by), 60)


async def state_when(
    country: Country, case: Case, what: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """What the case's workflow tells operators, as soon as `what` is true of it."""
    async with asyncio.timeout(20):
        while True:
            told: dict[str, Any] = await country.handle(case).query("state")
            if told["loaded"] and what(told):
                return told
            await asyncio.sleep(0.05)


async def seen(what: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so; fail when it does not come about."""
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.02)
