"""The way to Temporal: quiet clients on a loop of their own, and the one request a relay makes."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

from temporalio.api.workflowservice.v1 import SignalWithStartWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import RetryConfig

from chassis.pulse import answers, feel
from chassis.settings import ProcessSettings
from contracts.procedures import FACT_RECORDED, PROCEDURES
from kernel.events import CaseRef, Event

T = TypeVar("T")

CALL_SECONDS: Final = 5
TASK_TIMEOUT: Final = timedelta(seconds=5)
AT_ONCE: Final = RetryConfig(max_retries=1, max_elapsed_time_millis=500)


def quiet_runtime() -> Runtime:
    """A runtime whose core speaks only of errors: its lines bypass our log."""
    loudness = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=loudness)))


class Loop:
    """An event loop on a thread: Temporal's client belongs to the loop that made it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True, name="temporal")
        self.thread.start()

    def __call__(self, work: Coroutine[Any, Any, T]) -> T:
        """Carry `work` out on the loop and wait for it."""
        asked: Future[T] = asyncio.run_coroutine_threadsafe(work, self.loop)
        return asked.result()

    def stop(self) -> None:
        """End the thread; the client's last calls are over by then."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@dataclass(frozen=True, slots=True)
class Told:
    """One row of an outbox on its way: who must hear of which event, under which request id."""

    workflow: str
    workflow_id: str
    event: Event
    start: CaseRef
    request_id: str


class Temporal:
    """Tells workflows of facts. Raises RPCError or RuntimeError while the server is away."""

    def __init__(self, settings: ProcessSettings) -> None:
        self.settings = settings
        self.loop = Loop()
        self.client: Client | None = None
        self.feeling: Future[None] | None = None

    def tell(self, told: Told) -> None:
        """Signal with start: begins the workflow where none runs. Repeats are known by their id."""
        self.loop(self._tell(told))

    def feel(self, say: Callable[[bool], None]) -> None:
        """From now on say every few seconds whether the server answers, until closed."""
        beating = feel(self._answers, say)
        self.feeling = asyncio.run_coroutine_threadsafe(beating, self.loop.loop)

    def close(self) -> None:
        """End; the client's last threads may not outlive the interpreter."""
        if self.feeling is not None:
            self.feeling.cancel()
        self.loop(asyncio.sleep(0.2))
        self.loop.stop()

    async def _connected(self) -> Client:
        if self.client is None:
            self.client = await Client.connect(
                self.settings.temporal,
                namespace=self.settings.temporal_namespace,
                data_converter=pydantic_data_converter,
                lazy=True,
                retry_config=AT_ONCE,
                runtime=quiet_runtime(),
            )
        return self.client

    async def _answers(self) -> bool:
        return await answers(await self._connected())

    async def _tell(self, told: Told) -> None:
        client = await self._connected()
        request = SignalWithStartWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_id=told.workflow_id,
            signal_name=FACT_RECORDED,
            identity=f"relay:{told.event.source.value}",
            request_id=told.request_id,
        )
        request.workflow_type.name = told.workflow
        request.task_queue.name = PROCEDURES
        request.workflow_task_timeout.FromTimedelta(TASK_TIMEOUT)
        converter = client.data_converter
        request.input.payloads.extend(await converter.encode([told.start]))
        request.signal_input.payloads.extend(await converter.encode([told.event]))
        await client.workflow_service.signal_with_start_workflow_execution(
            request, retry=True, timeout=timedelta(seconds=CALL_SECONDS)
        )
