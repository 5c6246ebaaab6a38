"""The clockwork of R3: a real Temporal, the real issuance workflow, the real activities."""

import asyncio
import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from chassis.temporal import Loop, quiet_runtime
from chassis.worker import TraceInterceptor
from contracts.procedures import ISSUANCE_WORKFLOW, PROCEDURES, Tell
from deploy.temporal import namespace
from kernel.events import CaseRef
from tests.workflows import server
from workflows.issuance import IssuanceWorkflow

PLACES: Final = 16
PATIENCE: Final = timedelta(seconds=90)
Offered = Mapping[str, Sequence[Callable[..., Any]]]
"""Task queue to the activities that are carried out there."""


@dataclass(frozen=True, slots=True)
class Clockwork:
    """Starts issuances as licensing's relay does, and tells how each of them ended."""

    loop: Loop
    client: Client

    def issue(self, issuance: UUID) -> str:
        return self.loop(self._issue(issuance))

    async def _issue(self, issuance: UUID) -> str:
        begun = await self.client.start_workflow(
            ISSUANCE_WORKFLOW,
            CaseRef(subject=issuance),
            id=Tell.issuance(issuance).workflow_id,
            task_queue=PROCEDURES,
            execution_timeout=PATIENCE,
            result_type=str,
        )
        ended: str = await begun.result()
        return ended


@contextmanager
def clockwork(admin: str, temporal: str | None, offered: Offered) -> Iterator[Clockwork]:
    """Workers of all queues in a namespace of their own.

    `temporal` is a server's address, or None for one of its own on the PostgreSQL at `admin`.
    """
    with ExitStack() as opened:
        opened.enter_context(_quiet_refusals())
        address = temporal or opened.enter_context(_own_server(admin))
        threads = opened.enter_context(ThreadPoolExecutor(PLACES))
        loop = Loop()
        client = loop(_connect(address))
        workers = loop(_workers(client, offered, threads))
        running = [asyncio.run_coroutine_threadsafe(one.run(), loop.loop) for one in workers]
        try:
            yield Clockwork(loop, client)
        finally:
            for worker in workers:
                loop(worker.shutdown())
            for one in running:
                one.result(30)
            loop.stop()


@contextmanager
def _quiet_refusals() -> Iterator[None]:
    """A refused grant is what half of the approvals come to: the finding counts them."""
    told = logging.getLogger("temporalio.activity")
    before = told.level
    told.setLevel(logging.CRITICAL)
    yield
    told.setLevel(before)


@contextmanager
def _own_server(admin: str) -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="cp-r3-") as folder,
        server.running(Path(folder), "r3", admin) as address,
    ):
        yield address


async def _connect(address: str) -> Client:
    name = f"r3-{uuid4().hex[:8]}"
    await namespace.register(address, name, timedelta(days=1))
    return await Client.connect(
        address, namespace=name, data_converter=pydantic_data_converter, runtime=quiet_runtime()
    )


async def _workers(client: Client, offered: Offered, threads: ThreadPoolExecutor) -> list[Worker]:
    made = [Worker(client, task_queue=PROCEDURES, workflows=[IssuanceWorkflow])]
    for queue, activities in offered.items():
        made.append(
            Worker(
                client,
                task_queue=queue,
                activities=activities,
                activity_executor=threads,
                max_concurrent_activities=PLACES // len(offered),
                interceptors=[TraceInterceptor()],
            )
        )
    return made
