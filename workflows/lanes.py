"""Carries things out in order within a lane, and lane beside lane, while the workflow goes on."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Job = Callable[[], Awaitable[None]]


class Lanes:
    """Jobs by lane. A service that is away stops its own lanes and no others.

    `stir` is called after every job, so that the workflow looks at what has changed.
    """

    def __init__(self, stir: Callable[[], None]) -> None:
        self._stir = stir
        self._waiting: dict[str, deque[Job]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failure: BaseException | None = None

    @property
    def idle(self) -> bool:
        return not self._waiting

    def put(self, lane: str, job: Job) -> None:
        """Do `job` after every job that was put into the same lane before."""
        if lane in self._waiting:
            self._waiting[lane].append(job)
            return
        self._waiting[lane] = deque([job])
        self._tasks[lane] = asyncio.create_task(self._work(lane))

    def check(self) -> None:
        """Raise what broke a lane: a fault of the program, so that the task is tried again."""
        if self._failure is not None:
            raise self._failure

    async def _work(self, lane: str) -> None:
        jobs = self._waiting[lane]
        try:
            while jobs:
                await jobs[0]()
                jobs.popleft()
                self._stir()
        except BaseException as broken:
            self._failure = broken
            self._stir()
            raise
        del self._waiting[lane], self._tasks[lane]
        self._stir()
