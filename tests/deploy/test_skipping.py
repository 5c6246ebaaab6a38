import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

from contracts.procedures import NEXT_WAKE
from deploy.stack import skipping
from deploy.stack.skipping import CaseDidNotArrive, Skipper
from deploy.temporal.namespace import connect
from kernel.events import CaseRef

DAY = 86_400
NEAR = 600  # seconds: what a busy machine takes is no day
ADDRESS = os.environ.get("CORNERPOST_TEST_TEMPORAL", "127.0.0.1:27233")


@activity.defn
async def noted() -> str:
    return "noted"


@workflow.defn(name="SleeperUnderTest", sandboxed=False)
class Sleeper:
    """Three waits of twenty days with work between them, then a wait without an end.

    It is told how far legal time ran ahead when it was begun, and may begin again in a new run.
    """

    def __init__(self) -> None:
        self.woke: list[datetime] = []
        self.next: datetime | None = None

    @workflow.run
    async def run(self, told: dict[str, Any], again: bool = False) -> None:
        if again:
            await asyncio.sleep(20 * DAY)
            workflow.continue_as_new(args=[told])
        for _ in range(3):
            self.next = workflow.now() + timedelta(days=20)
            await asyncio.sleep(20 * DAY)
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
            await self.begin(n)

    async def begin(self, n: int, offset: int = 0, again: bool = False) -> None:
        """As a relay does whose service runs so many seconds ahead; wait until it is listed."""
        told = CaseRef(subject=uuid4(), clock_offset=offset).model_dump(mode="json")
        before = await self.seen()
        await self.client.start_workflow(
            Sleeper.run, args=[told, again], id=self.case(n), task_queue=self.mark
        )
        await self.listed(before + 1)

    async def listed(self, number: int) -> None:
        async with asyncio.timeout(60):
            while await self.seen() != number:
                await asyncio.sleep(0.1)

    def case(self, n: int) -> str:
        return f"{self.mark}-{n}"

    async def ask(self, n: int, by: timedelta, jump: UUID) -> None:
        """What a jump does that is killed before it saw the case arrive."""
        await self.skipper._ask(self.case(n), by, str(jump))

    async def at(self, seconds: float) -> bool:
        """Whether every sleeper's legal time runs so far ahead."""
        return all(abs(one - seconds) < NEAR for one in (await self.skipper.ahead()).values())

    async def seen(self) -> int:
        return len([one async for one in self.client.list_workflows(self.skipper.sleeping)])

    async def woke(self, n: int) -> list[datetime]:
        return await self.client.get_workflow_handle(self.case(n)).query(Sleeper.waking)


@asynccontextmanager
async def sleepers(number: int) -> AsyncIterator[Run]:
    run = Run(await connect(ADDRESS, "training"))
    await run.sleep(number)
    try:
        yield run
    finally:
        for case in await run.skipper.ahead():
            await run.client.get_workflow_handle(case).terminate()


def test_cases_that_sleep_arrive_together_and_have_lived_what_lay_between() -> None:
    async def play() -> None:
        async with sleepers(3) as run, run.worker():
            assert await run.skipper.forward(41 * DAY, uuid4()) == 3
            for n in range(3):
                first, second = await run.woke(n)
                assert timedelta(days=20) <= second - first < timedelta(days=20, minutes=1)
            assert await run.skipper.forward(61 * DAY, uuid4()) == 3
            assert [len(await run.woke(n)) for n in range(3)] == [3, 3, 3]

    asyncio.run(play())


def test_a_jump_that_is_made_again_moves_nobody_twice() -> None:
    async def play() -> None:
        async with sleepers(3) as run, run.worker():
            jump = uuid4()
            for _ in range(3):
                await run.skipper.forward(5 * DAY, jump)
                assert await run.at(5 * DAY)

    asyncio.run(play())


def test_the_server_itself_moves_a_case_once_more_for_every_asking() -> None:
    async def play() -> None:
        async with sleepers(1) as run, run.worker():
            jump = uuid4()
            for _ in range(2):
                await run.ask(0, timedelta(days=5), jump)
                assert await run.skipper._arrival(run.case(0), str(jump))
            assert await run.at(10 * DAY)

    asyncio.run(play())


def test_those_that_a_jump_left_behind_are_moved_when_it_is_made_again() -> None:
    async def play() -> None:
        async with sleepers(3) as run, run.worker():
            jump = uuid4()
            await run.ask(1, timedelta(days=41), jump)
            assert await run.skipper._arrival(run.case(1), str(jump))
            assert await run.skipper.forward(41 * DAY, jump) >= 2
            assert await run.at(41 * DAY)
            assert [len(await run.woke(n)) for n in range(3)] == [2, 2, 2]

    asyncio.run(play())


def test_a_case_that_hangs_on_its_way_arrives_where_the_jump_ends() -> None:
    async def play() -> None:
        async with sleepers(1) as run:
            jump = uuid4()
            async with run.worker():
                assert await run.skipper.forward(DAY, uuid4()) == 1
            await run.ask(0, timedelta(days=40), jump)  # nobody works: it hangs at its first wait
            async with run.worker():
                await run.skipper.forward(41 * DAY, jump)
                assert await run.at(41 * DAY)

    asyncio.run(play())


def test_cases_begun_while_a_jump_was_cut_off_are_moved_by_what_they_lack() -> None:
    async def play() -> None:
        async with sleepers(1) as run, run.worker():
            await run.begin(1, offset=5 * DAY)
            await run.begin(2, offset=DAY)
            assert await run.skipper.forward(5 * DAY, uuid4()) >= 2
            assert await run.at(5 * DAY)

    asyncio.run(play())


def test_a_case_that_goes_on_in_a_new_run_lives_at_the_same_instant() -> None:
    async def play() -> None:
        async with sleepers(0) as run, run.worker():
            await run.begin(0, offset=DAY, again=True)
            assert await run.skipper.forward(22 * DAY, uuid4()) == 1
            await run.listed(1)
            assert await run.skipper.forward(32 * DAY, uuid4()) == 1
            assert await run.at(32 * DAY)
            assert await run.woke(0) == []

    asyncio.run(play())


def test_a_case_that_nobody_works_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skipping, "SECONDS", 2.0)

    async def play() -> None:
        async with sleepers(1) as run:
            with pytest.raises(CaseDidNotArrive, match=run.case(0)):
                await run.skipper.forward(DAY, uuid4())

    asyncio.run(play())


def test_the_next_wake_of_all_is_the_earliest_of_each() -> None:
    async def play() -> None:
        async with sleepers(2) as run, run.worker():
            soon = await run.skipper.next_wake()
            assert soon is not None
            assert soon == min([await wake_of(run, 0), await wake_of(run, 1)])

    async def wake_of(run: Run, n: int) -> datetime:
        found = await run.client.get_workflow_handle(run.case(n)).query(Sleeper.next_wake)
        assert found is not None
        return found

    asyncio.run(play())


def test_nothing_asleep_is_no_error() -> None:
    async def play() -> None:
        run = Run(await connect(ADDRESS, "training"))
        assert await run.skipper.forward(DAY, uuid4()) == 0

    asyncio.run(play())
