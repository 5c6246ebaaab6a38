"""The one timer of a workflow: set to the next wake, and touched only when that moves."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from contracts.procedures import NEXT_WAKE

DRIFT: Final = timedelta(seconds=30)
"""By so much legal time may run ahead of the timer before the timer is set anew."""


class Alarm:
    """Rings once at the instant it is set to; set to the same one again, it changes nothing."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._at: datetime | None = None
        self._rings_at: datetime | None = None  # by the workflow's own time
        self._task: asyncio.Task[None] | None = None
        workflow.set_query_handler(NEXT_WAKE, self.next_wake)

    def next_wake(self) -> datetime | None:
        """The instant it is set to: the training clock stops there on its way."""
        return self._at

    def set(self, at: datetime | None, now: datetime) -> None:
        """Ring at `at` (None: not at all), as seen from the legal instant `now`."""
        wait = timedelta(0) if at is None else max(at - now, timedelta(0))
        rings_at = workflow.now() + wait
        if at == self._at and (self._rings_at is None or self._rings_at - rings_at < DRIFT):
            return
        self.off()
        if at is not None:
            self._at, self._rings_at = at, rings_at
            summary = f"until {at.isoformat()}"
            self._task = asyncio.create_task(self._wait(wait.total_seconds(), summary))

    def off(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task, self._at, self._rings_at = None, None, None

    async def _wait(self, seconds: float, summary: str) -> None:
        await workflow.sleep(seconds, summary=summary)
        self._task, self._at, self._rings_at = None, None, None
        self._ring()
