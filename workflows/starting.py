"""Starts a workflow that was lost: the one activity of the workflows' own worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from contracts.procedures import PROCEDURES, Ack, Tell
from kernel.events import CaseRef
from workflows.asking import START_LOST, Lost


@dataclass(frozen=True, slots=True)
class Starter:
    """`training` says whether legal time may run ahead of `machine_now`."""

    client: Client
    training: bool
    machine_now: Callable[[], datetime]

    @activity.defn(name=START_LOST)
    async def start_lost(self, lost: Lost) -> Ack:
        """Start it as its relay would have; one that runs after all is left alone."""
        ahead = int((lost.legal_now - self.machine_now()).total_seconds())
        told = Tell(lost.workflow, lost.subject)
        await self.client.start_workflow(
            lost.workflow,
            CaseRef(subject=lost.subject, clock_offset=max(0, ahead) if self.training else 0),
            id=told.workflow_id,
            task_queue=PROCEDURES,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        return Ack()
