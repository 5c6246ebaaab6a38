"""The workflows' process: `python -m workflows.worker`."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.runtime import (
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RPCError
from temporalio.worker import Worker

from chassis.clock import machine_now
from chassis.pulse import MEANING, NAME, feel_worker
from chassis.telemetry import configure_logs
from contracts.procedures import PROCEDURES
from workflows.application import ApplicationWorkflow
from workflows.appointment import AppointmentWorkflow
from workflows.invoice import InvoiceWorkflow
from workflows.issuance import IssuanceWorkflow
from workflows.notice import NoticeWorkflow
from workflows.reconcile import ReconcileWorkflow
from workflows.schedule import keep_schedule
from workflows.settings import Settings
from workflows.starting import Starter

WORKFLOWS = (
    ApplicationWorkflow,
    InvoiceWorkflow,
    IssuanceWorkflow,
    AppointmentWorkflow,
    NoticeWorkflow,
    ReconcileWorkflow,
)
FIRST_WAIT: Final = 0.5  # seconds between two tries while Temporal is away
LONGEST_WAIT: Final = 5.0

log = structlog.get_logger(__name__)


def workflow_worker(client: Client, settings: Settings) -> Worker:
    """The worker of every workflow; a case it held is taken over 2 s after it was killed."""
    return Worker(
        client,
        task_queue=PROCEDURES,
        workflows=WORKFLOWS,
        activities=[Starter(client, settings.training, machine_now).start_lost],
        max_cached_workflows=settings.cached,
        max_concurrent_workflow_tasks=settings.concurrent_tasks,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
        graceful_shutdown_timeout=timedelta(seconds=10),
    )


def quiet_runtime(settings: Settings) -> Runtime:
    """Temporal's core says nothing below an error, and its figures are read at the metrics port."""
    metrics = None
    if settings.metrics_port:
        metrics = PrometheusConfig(bind_address=f"{settings.host}:{settings.metrics_port}")
    quiet = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=quiet), metrics=metrics))


async def connect(settings: Settings, runtime: Runtime) -> Client:
    """A client of the stack's namespace. Raises RPCError or RuntimeError while it is away."""
    return await Client.connect(
        settings.temporal,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
        runtime=runtime,
    )


async def serve(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, however often Temporal goes away; then hand the cases over."""
    stop = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    runtime, wait = quiet_runtime(settings), FIRST_WAIT
    connected = runtime.metric_meter.create_gauge(NAME, MEANING)
    connected.set(0)
    while not stop.is_set():
        try:
            client = await connect(settings, runtime)
            await keep_schedule(client, settings.reconcile_minutes)
            wait = FIRST_WAIT
            await work(client, settings, stop, connected.set)
        except (RPCError, RuntimeError) as away:
            log.warning("temporal.away", error=type(away).__name__, again_in=wait)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)
            wait = min(wait * 2, LONGEST_WAIT)


async def work(
    client: Client, settings: Settings, stop: asyncio.Event, say: Callable[[bool], None]
) -> None:
    """Until told to stop, or until the worker gives up; then raises what made it do so.

    `say` is told every few seconds whether the worker runs and Temporal answers it.
    """
    worker = workflow_worker(client, settings)
    feeling = asyncio.ensure_future(feel_worker(worker, say))
    running = asyncio.ensure_future(worker.run())
    stopping = asyncio.ensure_future(stop.wait())
    log.info("worker.started", queue=PROCEDURES)
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    feeling.cancel()
    if stopping.done():
        await worker.shutdown()
    stopping.cancel()
    await running
    log.info("worker.stopped")


def main() -> None:
    settings = Settings()
    configure_logs(settings, "workflows")
    asyncio.run(serve(settings))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # Temporal's core may crash a Python 3.11 that shuts its threads down itself


if __name__ == "__main__":
    main()
