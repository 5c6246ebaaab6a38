"""Calls to the services, each saying for whose address and as part of which request it is made."""

from contextvars import ContextVar
from typing import Final

import httpx
from fastapi import Request

from chassis.trace import current_trace

SECONDS: Final = 10.0

_caller: ContextVar[str | None] = ContextVar("caller", default=None)


def call_for(request: Request, proxy: str) -> None:
    """Calls of this request are made for whoever sent it; `proxy` is believed when it says who."""
    peer = request.client.host if request.client else None
    forwarded = request.headers.get("x-forwarded-for")
    if forwarded and peer == proxy:
        peer = forwarded.rsplit(",", 1)[-1].strip()[:45]
    _caller.set(peer)


def client(address: str, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """A service's connections; no proxy of the machine comes between. Tests give a transport."""
    return httpx.Client(
        base_url=address, timeout=SECONDS, trust_env=False, transport=transport,
        event_hooks={"request": [_pass_on]},
    )


def _pass_on(call: httpx.Request) -> None:
    if caller := _caller.get():
        call.headers["X-Forwarded-For"] = caller
    if trace := current_trace():
        call.headers["traceparent"] = trace
