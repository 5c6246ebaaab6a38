import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

from contracts.procedures import NEXT_WAKE
from deploy.stack import skipping
from deploy.stack.skipping import CaseDidNotArrive, Skipper
from deploy.temporal.namespace import connect

ADDRESS = os.environ.get("CORNERPOST_TEST_TEMPORAL", "127.0.0.1:27233")


@activity.defn
async def noted() -> str:
    return "noted"


@workflow.defn(name="SleeperUnderTest", sandboxed=False)
class Sleeper:
    """Three waits of twenty days with work between them, then a wait without an end."""

    def __init__(self) -> None:
        self.woke: list[datetime] = []
        self.next: datetime | None = None

    @workflow.run
    async def run(self) -> None:
        for _ in range(3):
            self.next = workflow.now() + timedelta(days=20)
            await asyncio.sleep(20 * 86400)
            await workflow.execute_activity(noted, start_to_close_timeout=timedelta(seconds=10))
            self.woke.append(workflow.now())
            self.next = None
        await workflow.wait_condition(lambda: False)

    @workflow.query
    def waking(self) -> list[datetime]:
        return self.woke

    @workflow.query(name=NEXT_WAKE)
    def next_wake(self) -> datetime | None:
        return self.next


class Run:
    """Some sleepers of one test, and a skipper that sees no others."""

    def __init__(self, client: Client) -> None:
        self.client, self.mark = client, f"sleeper-{uuid4().hex[:8]}"
        self.skipper = Skipper(
            client, f"ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH '{self.mark}'"
        )

    def worker(self) -> Worker:
        return Worker(
            self.client, task_queue=self.mark, workflows=[Sleeper], activities=[noted]
        )

    async def sleep(self, number: int) -> None:
        for n in range(number):
            await self.client.start_workflow(
                Sleeper.run, id=f"{self.mark}-{n}", task_queue=self.mark
            )
        async with asyncio.timeout(20):
            while await self.seen() < number:
                await asyncio.sleep(0.1)

    async def seen(self) -> int:
        return len([one async for one in self.client.list_workflows(self.skipper.sleeping)])

    async def woke(self, n: int) -> list[datetime]:
        return await self.client.get_workflow_handle(f"{self.mark}-{n}").query(Sleeper.waking)


@asynccontextmanager
async def sleepers(number: int) -> AsyncIterator[Run]:
    run = Run(await connect(ADDRESS, "training"))
    await run.sleep(number)
    try:
        yield run
    finally:
        for n in range(number):
            await run.client.get_workflow_handle(f"{run.mark}-{n}").terminate()


def test_cases_that_sleep_arrive_together_and_have_lived_what_lay_between() -> None:
    async def play() -> None:
        async with sleepers(3) as run, run.worker():
            assert await run.skipper.forward(timedelta(days=41), uuid4()) == 3
            for n in range(3):
                first, second = await run.woke(n)
                assert timedelta(days=20) <= second - first < timedelta(days=20, minutes=1)
            assert await run.skipper.forward(timedelta(days=20), uuid4()) == 3
            assert [len(await run.woke(n)) for n in range(3)] == [3, 3, 3]

    asyncio.run(play())


def test_a_case_that_nobody_works_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skipping, "SECONDS", 2.0)

    async def play() -> None:
        async with sleepers(1) as run:
            with pytest.raises(CaseDidNotArrive, match=f"{run.mark}-0"):
                await run.skipper.forward(timedelta(days=1), uuid4())

    asyncio.run(play())


def test_the_next_wake_of_all_is_the_earliest_of_each() -> None:
    async def play() -> None:
        async with sleepers(2) as run, run.worker():
            soon = await run.skipper.next_wake()
            assert soon is not None
            assert soon == min([await wake_of(run, 0), await wake_of(run, 1)])

    async def wake_of(run: Run, n: int) -> datetime:
        found = await run.client.get_workflow_handle(f"{run.mark}-{n}").query(Sleeper.next_wake)
        assert found is not None
        return found

    asyncio.run(play())


def test_nothing_asleep_is_no_error() -> None:
    async def play() -> None:
        run = Run(await connect(ADDRESS, "training"))
        assert await run.skipper.forward(timedelta(days=1), uuid4()) == 0

    asyncio.run(play())
