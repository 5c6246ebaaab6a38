"""Admission: as many requests at work as there are connections, a short queue, then 503."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field

from prometheus_client import Gauge
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.problems import TryLater

RETRY_AFTER = 2

WAITING = Gauge("cornerpost_requests_waiting", "Requests in the admission queue")
AT_WORK = Gauge("cornerpost_requests_at_work", "Requests that hold a place")


@dataclass(slots=True)
class Admission:
    """ASGI layer: `places` requests at once, `queue` more wait in the order of their arrival.

    A place is given back when the answer begins: by then the transaction is over, and a slow
    reader does not keep others waiting. `free` paths need no place.
    """

    app: ASGIApp
    places: int
    queue: int
    free: Collection[str] = ()
    waiting: int = 0
    gate: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.gate = asyncio.Semaphore(self.places)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self.free:
            await self.app(scope, receive, send)
            return
        await self._enter()
        place = _Place(self.gate, send)
        try:
            await self.app(scope, receive, place.send)
        finally:
            place.leave()

    async def _enter(self) -> None:
        if self.gate.locked() and self.waiting >= self.queue:
            raise TryLater("The service is full at the moment", retry_after=RETRY_AFTER)
        self.waiting += 1
        WAITING.inc()
        try:
            await self.gate.acquire()
        finally:
            self.waiting -= 1
            WAITING.dec()
        AT_WORK.inc()


@dataclass(slots=True)
class _Place:
    gate: asyncio.Semaphore
    onward: Send
    held: bool = True

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.leave()
        await self.onward(message)

    def leave(self) -> None:
        if self.held:
            self.held = False
            self.gate.release()
            AT_WORK.dec()
