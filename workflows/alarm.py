"""The one timer of a workflow: set to the next wake, and touched only when that moves."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from contracts.procedures import NEXT_WAKE


class Alarm:
    """Rings once at the instant it is set to; set to the same one again, it changes nothing."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._at: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        workflow.set_query_handler(NEXT_WAKE, self.next_wake)

    def next_wake(self) -> datetime | None:
        """The instant it is set to: the training clock stops there on its way."""
        return self._at

    def set(self, at: datetime | None, now: datetime) -> None:
        """Ring at `at` (None: not at all), as seen from the legal instant `now`."""
        if at == self._at:
            return
        self.off()
        if at is not None:
            self._at = at
            seconds = max(0.0, (at - now).total_seconds())
            self._task = asyncio.create_task(self._wait(seconds, f"until {at.isoformat()}"))

    def off(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task, self._at = None, None

    async def _wait(self, seconds: float, summary: str) -> None:
        await workflow.sleep(seconds, summary=summary)
        self._task, self._at = None, None
        self._ring()
