"""Moves open cases through time: the only module that knows Temporal's experimental interface."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.enums.v1.time_skipping_pb2 import FastForwardPollingResult
from temporalio.api.workflow.v1 import WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import (
    PollWorkflowExecutionTimeSkippingRequest,
    UpdateWorkflowExecutionOptionsRequest,
)
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing._timeskipping import FastForwardConfig, TimeSkippingConfig

from chassis.clock import machine_now
from contracts.procedures import CLOCKED_WORKFLOWS, NEXT_WAKE
from kernel.events import CaseRef

T = TypeVar("T")
AT_ONCE = 20  # calls in flight: the server is no quicker with more
MOST_SKIPS = 5000
SECONDS = 120.0  # one jump of one case; longer means that nobody works on it
NEAR = 0.5  # seconds: a case that lacks less is there
PAUSE = 0.2  # seconds before a case is looked at again whose asking had no answer
CLOCKED = ", ".join(f"'{name}'" for name in CLOCKED_WORKFLOWS)
SLEEPING = f"ExecutionStatus = 'Running' AND WorkflowType IN ({CLOCKED})"
OPEN = "ExecutionStatus = 'Running'"
ENDED = FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED
ARRIVED = FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED
WORKING = (
    PendingActivityState.PENDING_ACTIVITY_STATE_STARTED,
    PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED,
)
UNANSWERED = (
    RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.RESOURCE_EXHAUSTED,
    RPCStatusCode.ABORTED, RPCStatusCode.UNKNOWN, RPCStatusCode.INTERNAL,
)
"""Failures of a call after which what it asked for may be done, or not."""


class CaseDidNotArrive(Exception):
    """An open case did not reach the instant the clock was moved to."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an open case is: by how many seconds its legal time runs ahead of the machine's.

    That is what its start was told, and what it was moved by since. `on_its_way` is the id of a
    movement that it has not ended.
    """

    ahead: float
    on_its_way: str = ""


@dataclass(frozen=True, slots=True)
class Skipper:
    """Moves the open cases of one training namespace; `sleeping` says which they are."""

    client: Client
    sleeping: str = SLEEPING

    async def forward(self, to: int, jump: UUID) -> int:
        """Bring every open case to legal time `to` whole seconds ahead of the machine's.

        Each is moved by what it lacks and waited for; answers how many had to be moved. Said again,
        under the same `jump` or another, it moves only those that were left behind. (The server
        itself moves a case once more each time that it is asked, whatever the id.) Raises
        CaseDidNotArrive, and RPCError when Temporal goes away.
        """
        cases = await self._open_cases()
        return sum(await side_by_side(cases, lambda case: self._move(case, to, str(jump))))

    async def ahead(self) -> dict[str, float]:
        """By how many seconds each open case's legal time runs ahead of the machine's."""
        cases = await self._open_cases()
        found = await side_by_side(cases, self._standing)
        return {case: one.ahead for case, one in zip(cases, found, strict=True) if one}

    async def next_wake(self) -> datetime | None:
        """The next instant that an open case sleeps until. Raises CaseDidNotArrive."""
        cases = await self._open_cases()
        wakes = await side_by_side(cases, self._wake_of)
        return min((at for at in wakes if at is not None), default=None)

    async def busy(self) -> int:
        """How many open workflows are at work just now: a task, or an activity that is no retry."""
        found = [one.id async for one in self.client.list_workflows(OPEN)]
        ours = [name for name in found if not name.startswith("temporal-sys")]
        answers = await side_by_side(ours, self._is_busy)
        return sum(answers)

    async def _open_cases(self) -> list[str]:
        """Each once: a case that has just gone on in a new run may be listed with both."""
        return list({one.id: one async for one in self.client.list_workflows(self.sleeping)})

    async def _wake_of(self, case: str) -> datetime | None:
        handle = self.client.get_workflow_handle(case)
        try:
            async with asyncio.timeout(SECONDS):
                at: str | None = await handle.query(NEXT_WAKE)
                return datetime.fromisoformat(at) if at else None
        except TimeoutError as late:
            raise CaseDidNotArrive(_nobody_works(case)) from late
        except RPCError as refusal:
            if refusal.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def _move(self, case: str, to: int, jump: str) -> bool:
        """Whether it had to be moved."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._bring(case, to, jump)
        except TimeoutError as late:
            raise CaseDidNotArrive(_nobody_works(case)) from late

    async def _bring(self, case: str, to: int, jump: str) -> bool:
        """One that is on its way first arrives: what it lacks is known when it stands still.

        A run that ends on the way may go on in a new one, which is then looked at.
        """
        asked = arrived = False
        while not arrived and (found := await self._standing(case)) is not None:
            lacking = to - found.ahead
            if found.on_its_way:
                await self._moved(case, None, found.on_its_way)
            elif lacking >= NEAR:
                asked = True
                arrived = await self._moved(case, timedelta(seconds=lacking), jump)
            else:
                arrived = True
        return asked

    async def _standing(self, case: str) -> Standing | None:
        """None for a case that ended."""
        asked_at = machine_now()
        try:
            found = await self.client.get_workflow_handle(case).describe()
            answered_at = machine_now()
            if found.status is not WorkflowExecutionStatus.RUNNING:
                return None
            told_at_start = await self._told_at_start(case, found.run_id)
        except RPCError as refusal:
            if refusal.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        more = found.raw_description.workflow_extended_info
        if not more.HasField("time_skipping_info"):  # never moved
            return Standing(told_at_start)
        info = more.time_skipping_info
        moved = info.current_time.ToDatetime(UTC) - (asked_at + (answered_at - asked_at) / 2)
        under = info.effective_config
        on_its_way = under.fast_forward_config.id if under.enabled else ""
        return Standing(told_at_start + moved.total_seconds(), on_its_way)

    async def _told_at_start(self, case: str, run: str) -> int:
        run_of_case = self.client.get_workflow_handle(case, run_id=run)
        async for event in run_of_case.fetch_history_events(page_size=1):
            for told in event.workflow_execution_started_event_attributes.input.payloads:
                return CaseRef.model_validate_json(told.data).clock_offset
            break
        return 0

    async def _moved(self, case: str, by: timedelta | None, jump: str) -> bool:
        """True at the target. False when the run ended before it, or the asking had no answer.

        Without `by` it is only waited for.
        """
        try:
            if by is not None:
                await self._ask(case, by, jump)
            return await self._arrival(case, jump)
        except RPCError as failure:
            if failure.status is RPCStatusCode.NOT_FOUND:
                return False
            if failure.status not in UNANSWERED:
                raise
            await asyncio.sleep(PAUSE)
            return False

    async def _ask(self, case: str, by: timedelta, jump: str) -> None:
        skipping = TimeSkippingConfig(
            enabled=True,
            fast_forward_config=FastForwardConfig(id=jump, duration=by),
            disable_propagation=True,
            max_session_skip_count=MOST_SKIPS,
        )
        request = UpdateWorkflowExecutionOptionsRequest(
            namespace=self.client.namespace,
            workflow_execution_options=WorkflowExecutionOptions(
                time_skipping_config=skipping._to_proto()
            ),
            update_mask=FieldMask(paths=["time_skipping_config"]),
            identity="training-clock",
        )
        request.workflow_execution.workflow_id = case
        service = self.client.workflow_service  # no retry: a call that is repeated moves it again
        await service.update_workflow_execution_options(request, retry=False)

    async def _arrival(self, case: str, jump: str) -> bool:
        """True at the target, False when the run ended before it."""
        request = PollWorkflowExecutionTimeSkippingRequest(
            namespace=self.client.namespace, fast_forward_id=jump
        )
        request.workflow_execution.workflow_id = case
        service = self.client.workflow_service
        while True:
            answer = await service.poll_workflow_execution_time_skipping(request, retry=True)
            if answer.fast_forward_polling_result in (ARRIVED, ENDED):
                return answer.fast_forward_polling_result == ARRIVED

    async def _is_busy(self, case: str) -> bool:
        try:
            found = await self.client.get_workflow_handle(case).describe()
        except RPCError as refusal:
            if refusal.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return _at_work(found)


async def side_by_side(
    cases: Sequence[str], do: Callable[[str], Awaitable[T]]
) -> list[T]:
    """Do the same for many cases, a few at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(case: str) -> T:
        async with gate:
            return await do(case)

    return await asyncio.gather(*(one(case) for case in cases))


def _nobody_works(case: str) -> str:
    return (
        f"{case} did not answer within {SECONDS:g} s: does the worker of the workflows run, and "
        "what does its log say?"
    )


def _at_work(found: WorkflowExecutionDescription) -> bool:
    raw = found.raw_description
    if raw.HasField("pending_workflow_task"):
        return True
    return any(one.state in WORKING or one.attempt <= 1 for one in raw.pending_activities)
