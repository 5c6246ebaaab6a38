"""The worker: carries out a service's activities, and lives through everybody else's outages."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import structlog
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.runtime import Runtime
from temporalio.service import RPCError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    Worker,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from chassis.database import Database
from chassis.process import (
    FIRST_WAIT,
    LONGEST_WAIT,
    serve_metrics,
    tell_what_is_lacking,
    wait_for_stack,
)
from chassis.pulse import CONNECTED, feel_worker
from chassis.settings import ProcessSettings, ServiceSettings
from chassis.telemetry import configure_logs
from chassis.temporal import quiet_runtime
from chassis.trace import continue_trace
from kernel.problems import Problem

P = ParamSpec("P")
R = TypeVar("R")

STICKY: Final = timedelta(seconds=2)
GRACE: Final = timedelta(seconds=10)
MAY_PASS: Final = frozenset({429, 503})  # refusals that are outages in disguise

log = structlog.get_logger(__name__)


def refusals_are_final(call: Callable[P, R]) -> Callable[P, R]:
    """An outage is tried again; a refusal by the register is an answer and fails the activity.

    The workflow sees the problem's slug as the error's type and its detail as the message. Of
    other errors it sees the kind alone: histories are kept, and an error's text may name a person.
    """

    @wraps(call)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except Problem as no:
            final = no.status not in MAY_PASS
            raise ApplicationError(no.detail, type=no.slug(), non_retryable=final) from None
        except (ApplicationError, CancelledError):
            raise
        except Exception as mistake:
            log.exception("activity.failed", activity=call.__name__)
            kind = type(mistake).__name__
            raise ApplicationError("The service's log says more", type=kind) from None

    return guarded


class _Tracing(ActivityInboundInterceptor):
    """Goes on with the trace that an activity's argument carries."""

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        asked = input.args[0] if input.args else None
        continue_trace(getattr(asked, "trace", None))
        return await super().execute_activity(input)


class TraceInterceptor(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Tracing(super().intercept_activity(next))


def run_worker(
    settings: ProcessSettings,
    task_queue: str,
    activities: Sequence[Callable[..., Any]] = (),
    workflows: Sequence[type] = (),
    *,
    database: Database | None = None,
    runner: WorkflowRunner | None = None,
) -> None:
    """The worker process of a service; ends at SIGTERM, hands its cached workflows back.

    `activities` are plain functions and run on as many threads as the pool has connections.
    `database`, where given, is waited for and must belong to this stack. Raises StackMismatch.
    """
    configure_logs(settings, f"{task_queue}-worker")
    tell_what_is_lacking(settings)
    serve_metrics(settings)
    asyncio.run(_until_stopped(settings, task_queue, activities, workflows, database, runner))
    if database is not None:
        database.close()


async def _until_stopped(
    settings: ProcessSettings,
    task_queue: str,
    activities: Sequence[Callable[..., Any]],
    workflows: Sequence[type],
    database: Database | None,
    runner: WorkflowRunner | None,
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if database is not None:
        await asyncio.to_thread(wait_for_stack, database, stop.is_set)
    places = settings.pool if isinstance(settings, ServiceSettings) else 10
    runtime, seconds = quiet_runtime(), FIRST_WAIT
    with ThreadPoolExecutor(places, thread_name_prefix="activity") as threads:
        while not stop.is_set():
            try:
                client = await _connect(settings, runtime)
                worker = Worker(
                    client,
                    task_queue=task_queue,
                    activities=activities,
                    workflows=workflows,
                    activity_executor=threads,
                    max_concurrent_activities=places,
                    sticky_queue_schedule_to_start_timeout=STICKY,
                    graceful_shutdown_timeout=GRACE,
                    interceptors=[TraceInterceptor()],
                    workflow_runner=runner or SandboxedWorkflowRunner(),
                )
                seconds = FIRST_WAIT
                log.info("worker.started", queue=task_queue)
                await _work(worker, stop)
            except (RPCError, RuntimeError) as away:
                log.warning("worker.temporal_away", error=str(away)[:200])
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), seconds)
                seconds = min(2 * seconds, LONGEST_WAIT)
    await asyncio.sleep(0.2)  # the client's last threads may not outlive the interpreter


async def _work(worker: Worker, stop: asyncio.Event) -> None:
    """Until told to stop, or until the worker gives up; then raises what made it do so."""
    feeling = asyncio.ensure_future(feel_worker(worker, CONNECTED.set))
    running = asyncio.ensure_future(worker.run())
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    feeling.cancel()
    if stopping.done():
        await worker.shutdown()
    stopping.cancel()
    await running


async def _connect(settings: ProcessSettings, runtime: Runtime) -> Client:
    return await Client.connect(
        settings.temporal,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
        runtime=runtime,
    )
