"""Fake activities for one workflow at a time: scripted answers, and a record of what was asked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Worker

from chassis.clock import machine_now
from contracts import procedures as p
from kernel.events import ActorKind, CaseRef, Event, Source
from tests.workflows.country import SETTINGS, connect
from workflows.worker import workflow_worker

Answer = Callable[[Any], BaseModel] | BaseModel | str
"""What an activity answers: a model, a function of the question, or the slug of a refusal."""


@dataclass
class Desk:
    """Answers by `queue.activity`; a list is used up one by one, its last answer stays."""

    client: Client
    answers: dict[str, Answer | list[Answer]]
    asked: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.asked]

    def questions(self, name: str) -> list[Any]:
        return [question for asked, question in self.asked if asked == name]

    def answer(self, name: str, question: BaseModel) -> BaseModel:
        self.asked.append((name, question))
        found = self.answers[name]
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        if isinstance(found, str):
            raise ApplicationError("no", type=found, non_retryable=True)
        return found if isinstance(found, BaseModel) else found(question)

    def activity(self, name: str, question: type[BaseModel]) -> Callable[..., Any]:
        async def act(asked: BaseModel) -> BaseModel:
            return self.answer(name, asked)

        act.__annotations__ = {"asked": question, "return": BaseModel}
        return activity.defn(name=name.partition(".")[2])(act)

    async def start(
        self, workflow: str, subject: UUID, *told: Event, offset: timedelta = timedelta(0)
    ) -> WorkflowHandle[Any, str]:
        """Signal with start, as a relay does."""
        tell = p.Tell(workflow, subject)
        return await self.client.start_workflow(
            workflow,
            CaseRef(subject=subject, clock_offset=int(offset.total_seconds())),
            id=tell.workflow_id,
            task_queue=p.PROCEDURES,
            start_signal=p.FACT_RECORDED if told else None,
            start_signal_args=list(told),
            result_type=str,
        )

    async def skip(self, handle: WorkflowHandle[Any, Any], by: timedelta) -> None:
        config = TimeSkippingConfig(enabled=False, disable_propagation=True)
        skipper = TimeSkipper(self.client, config=config)
        await asyncio.wait_for(skipper.fast_forward(handle, by), 60)


def told(name: str, source: Source, **payload: Any) -> Event:
    return Event(
        source=source,
        case=uuid4(),
        seq=1,
        name=name,
        at=machine_now(),
        legal_at=machine_now(),
        actor_kind=ActorKind.CLOCKWORK,
        payload=payload,
    )


@asynccontextmanager
async def open_desk(
    address: str,
    questions: dict[str, type[BaseModel]],
    answers: dict[str, Answer | list[Answer]],
) -> AsyncIterator[Desk]:
    """Workers for every queue named in `questions` (`queue.activity` and its question)."""
    client = await connect(address)
    desk = Desk(client, answers)
    by_queue: dict[str, list[Callable[..., Any]]] = {}
    for name, question in questions.items():
        by_queue.setdefault(name.partition(".")[0], []).append(desk.activity(name, question))
    workers: Sequence[Worker] = [
        *(Worker(client, task_queue=queue, activities=some) for queue, some in by_queue.items()),
        workflow_worker(client, SETTINGS),
    ]
    for worker in workers:
        await worker.__aenter__()
    try:
        yield desk
    finally:
        for worker in workers:
            await worker.__aexit__(None, None, None)
