"""Moves open cases through time: the only module that knows Temporal's experimental interface."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing._timeskipping import FastForwardConfig, TimeSkippingConfig

from contracts.procedures import CLOCKED_WORKFLOWS, NEXT_WAKE

T = TypeVar("T")
AT_ONCE = 20  # calls in flight: the server is no quicker with more
MOST_SKIPS = 5000
SECONDS = 120.0  # one jump of one case; longer means that nobody works on it
CLOCKED = ", ".join(f"'{name}'" for name in CLOCKED_WORKFLOWS)
SLEEPING = f"ExecutionStatus = 'Running' AND WorkflowType IN ({CLOCKED})"
OPEN = "ExecutionStatus = 'Running'"
ENDED = FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED
ARRIVED = FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED
WORKING = (
    PendingActivityState.PENDING_ACTIVITY_STATE_STARTED,
    PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED,
)


class CaseDidNotArrive(Exception):
    """An open case did not reach the instant the clock was moved to."""


@dataclass(frozen=True, slots=True)
class Skipper:
    """Moves the open cases of one training namespace; `sleeping` says which they are."""

    client: Client
    sleeping: str = SLEEPING

    async def forward(self, by: timedelta, jump: UUID) -> int:
        """Move every open case by the same time and wait for each; answer how many there were.

        `jump` is a fresh id for this one movement. Raises CaseDidNotArrive.
        """
        cases = [one.id async for one in self.client.list_workflows(self.sleeping)]
        await side_by_side(cases, lambda case: self._move(case, by, str(jump)))
        return len(cases)

    async def next_wake(self) -> datetime | None:
        """The next instant that an open case sleeps until. Raises CaseDidNotArrive."""
        cases = [one.id async for one in self.client.list_workflows(self.sleeping)]
        wakes = await side_by_side(cases, self._wake_of)
        return min((at for at in wakes if at is not None), default=None)

    async def busy(self) -> int:
        """How many open workflows are at work just now: a task, or an activity that is no retry."""
        found = [one.id async for one in self.client.list_workflows(OPEN)]
        ours = [name for name in found if not name.startswith("temporal-sys")]
        answers = await side_by_side(ours, self._is_busy)
        return sum(answers)

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

    async def _move(self, case: str, by: timedelta, jump: str) -> bool:
        try:
            async with asyncio.timeout(SECONDS):
                await self._ask(case, by, jump)
                return await self._arrival(case, jump)
        except TimeoutError as late:
            raise CaseDidNotArrive(_nobody_works(case)) from late
        except RPCError as refusal:
            if refusal.status is RPCStatusCode.NOT_FOUND:  # it ended in the meantime
                return False
            raise

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
        await self.client.workflow_service.update_workflow_execution_options(request, retry=True)

    async def _arrival(self, case: str, jump: str) -> bool:
        """True at the target, False when the case ended before it."""
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
