"""The floor of a licence life: a bare workflow with as many signals and no-op activities.

Run as a process it is the floor's worker: `python -m tests.bench.floor ADDRESS NAMESPACE QUEUE`.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

SOON = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Effort:
    """What one life asked of Temporal: told by so many signals, it called so many activities."""

    signals: int
    activities: int

    def parts(self) -> list[int]:
        """Activities that follow each signal, spread evenly."""
        each, more = divmod(self.activities, self.signals)
        return [each + (n < more) for n in range(self.signals)]


@activity.defn(name="nothing")
async def nothing(word: str) -> str:
    return word


@workflow.defn(name="Bare")
class Bare:
    """Waits for each signal and then calls the activities it was told to call."""

    @workflow.init
    def __init__(self, signals: int) -> None:
        self.told: list[int] = []

    @workflow.signal
    def tell(self, activities: int) -> None:
        self.told.append(activities)

    @workflow.run
    async def run(self, signals: int) -> int:
        """Ends after the last signal's activities; answers how many it called."""
        called = 0
        for n in range(signals):
            await workflow.wait_condition(lambda n=n: len(self.told) > n)  # type: ignore[misc]
            for _ in range(self.told[n]):
                await workflow.execute_activity(
                    nothing, "a word", start_to_close_timeout=SOON, schedule_to_close_timeout=SOON
                )
                called += 1
        return called


async def live(client: Client, queue: str, name: str, effort: Effort) -> None:
    """One life on the floor, from its first signal to its end."""
    parts = effort.parts()
    handle = await client.start_workflow(
        Bare.run, effort.signals, id=name, task_queue=queue,
        start_signal="tell", start_signal_args=[parts[0]],
    )
    for part in parts[1:]:
        await handle.signal(Bare.tell, part)
    assert await handle.result() == effort.activities


async def lives(client: Client, queue: str, effort: Effort, names: list[str], at_once: int) -> None:
    places = asyncio.Semaphore(at_once)

    async def one(name: str) -> None:
        async with places:
            await live(client, queue, name, effort)

    await asyncio.gather(*(one(name) for name in names))


@asynccontextmanager
async def worker(address: str, namespace: str, queue: str) -> AsyncIterator[None]:
    """The floor's worker as a process of its own, like ours."""
    asked = [sys.executable, "-m", "tests.bench.floor", address, namespace, queue]
    process = subprocess.Popen(asked, stdout=subprocess.PIPE, text=True)
    try:
        said = await asyncio.to_thread(process.stdout.readline) if process.stdout else ""
        assert said.strip() == "up", f"the floor's worker says {said!r}"
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
        if process.stdout:
            process.stdout.close()


async def serve(address: str, namespace: str, queue: str) -> None:
    client = await Client.connect(address, namespace=namespace)
    async with Worker(client, task_queue=queue, workflows=[Bare], activities=[nothing]):
        print("up", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:4]))
