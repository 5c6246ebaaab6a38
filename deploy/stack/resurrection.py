"""Gives open cases their workflow back from the register: Temporal's store may be lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.contrib.pydantic import pydantic_data_converter

from chassis.clock import machine_now, new_uuid
from contracts.procedures import PROCEDURES, RECONCILE_WORKFLOW, PageRef, Tell
from deploy.stack import given_servers
from deploy.stack.databases import owner_url
from deploy.stack.layout import Refused, Stack
from kernel.events import CaseRef

SECONDS = 300
BY_CODE = "select code, id from audit_v1.filings where code = any (%s)"
OFFSET = "select offset_seconds from clock"


@dataclass(frozen=True, slots=True)
class Resurrection:
    """For one stack whose services, workers and relays run. Raises Refused without Temporal."""

    stack: Stack

    def everything(self) -> None:
        """Look for every open case, and start those that no workflow keeps any more."""
        asyncio.run(self._reconcile())

    def named(self, codes: Sequence[str]) -> None:
        """Start the workflows of these cases; one that runs is left alone. Raises Refused."""
        with psycopg.connect(owner_url(self.stack, "licensing")) as register:
            found: dict[str, UUID] = dict(register.execute(BY_CODE, [list(codes)]).fetchall())
            row = register.execute(OFFSET).fetchone()
        if unknown := sorted(set(codes) - set(found)):
            raise Refused(f"The register has no application {', '.join(unknown)}")
        asyncio.run(self._start(list(found.values()), int(row[0]) if row else 0))

    async def _reconcile(self) -> None:
        client = await self._client()
        pass_id = f"reconcile:{new_uuid(machine_now())}"
        running = client.execute_workflow(
            RECONCILE_WORKFLOW, PageRef(), id=pass_id, task_queue=PROCEDURES, result_type=str
        )
        try:
            said = await asyncio.wait_for(running, SECONDS)
        except TimeoutError as late:
            raise Refused("Reconciling does not end: does licensing-worker run?") from late
        if said != "done":
            raise Refused(f"Licensing does not list its open cases: {said}")

    async def _start(self, applications: Sequence[UUID], offset: int) -> None:
        client = await self._client()
        for application in applications:
            told = Tell.application(application)
            await client.start_workflow(
                told.workflow,
                CaseRef(subject=application, clock_offset=offset),
                id=told.workflow_id,
                task_queue=PROCEDURES,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )

    async def _client(self) -> Client:
        config = (await given_servers.temporal(self.stack)).config()
        config["data_converter"] = pydantic_data_converter
        return Client(**config)
