"""The workflows' process: `python -m workflows.worker`."""

import asyncio
import os
import signal
import sys
from datetime import timedelta

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

WORKFLOWS = (
    ApplicationWorkflow,
    InvoiceWorkflow,
    IssuanceWorkflow,
    AppointmentWorkflow,
    NoticeWorkflow,
    ReconcileWorkflow,
)
log = structlog.get_logger(__name__)


def workflow_worker(client: Client, settings: Settings) -> Worker:
    """The worker of every workflow; a case it held is taken over 2 s after it was killed."""
    return Worker(
        client,
        task_queue=PROCEDURES,
        workflows=WORKFLOWS,
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
    """A client, however long Temporal takes to come up."""
    wait = 0.5
    while True:
        try:
            return await Client.connect(
                settings.temporal,
                namespace=settings.temporal_namespace,
                data_converter=pydantic_data_converter,
                runtime=runtime,
            )
        except (RPCError, RuntimeError) as away:
            log.warning("temporal.away", error=type(away).__name__, again_in=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 10.0)


async def schedule_reconciling(client: Client, minutes: int) -> None:
    """Set the schedule up beside the running worker; its namespace may still be on its way."""
    while True:
        try:
            await keep_schedule(client, minutes)
        except RPCError as away:
            log.warning("schedule.away", error=str(away.status))
            await asyncio.sleep(5)
        else:
            return


async def serve(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; then finish what was begun and hand the cases over."""
    stop = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    connecting = asyncio.ensure_future(connect(settings, quiet_runtime(settings)))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait((connecting, stopping), return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        connecting.cancel()
        return
    client = connecting.result()
    async with workflow_worker(client, settings):
        log.info("worker.started", queue=PROCEDURES)
        scheduling = asyncio.ensure_future(schedule_reconciling(client, settings.reconcile_minutes))
        await stop.wait()
        scheduling.cancel()
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
