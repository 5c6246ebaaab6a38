"""The pulse: whether Temporal answers a process, asked again and again while the process lives."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog
from prometheus_client import Gauge
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

EVERY: Final = 3.0  # seconds between two questions
AGAIN: Final = 0.5  # and while it is away
PATIENCE: Final = timedelta(seconds=5)
NAME: Final = "cornerpost_connected"
MEANING: Final = "1 while Temporal answered when this process last spoke with it"

CONNECTED: Final = Gauge(NAME, MEANING)

log = structlog.get_logger(__name__)


async def answers(client: Client) -> bool:
    """Whether the server has the client's namespace at hand; an outage is an answer here."""
    asked = DescribeNamespaceRequest(namespace=client.namespace)
    try:
        await client.workflow_service.describe_namespace(asked, timeout=PATIENCE)
    except (RPCError, RuntimeError):
        return False
    return True


async def feel(alive: Callable[[], Awaitable[bool]], say: Callable[[bool], None]) -> None:
    """Ask and say what was answered, until cancelled; then say that nothing answers any more."""
    before = False
    try:
        while True:
            now = await alive()
            say(now)
            if now is not before:
                log.info("temporal.found") if now else log.warning("temporal.lost")
            before = now
            await asyncio.sleep(EVERY if now else AGAIN)
    finally:
        say(False)


async def feel_worker(worker: Worker, say: Callable[[bool], None]) -> None:
    """The same for a worker that polls: it lives through an outage and says nothing of it."""

    async def alive() -> bool:
        return worker.is_running and await answers(worker.client)

    await feel(alive, say)
