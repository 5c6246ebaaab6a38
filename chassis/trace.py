"""Which request a piece of work belongs to: the W3C traceparent that follows it everywhere."""

import re
import secrets
from contextvars import ContextVar

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)
_SHAPE = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def current_trace() -> str | None:
    """The traceparent of the work at hand, or None outside any."""
    return _current.get()


def continue_trace(received: str | None) -> str:
    """Make this the current trace: the received one with a span of our own, or a new one."""
    known = received if received and _SHAPE.fullmatch(received) else None
    trace_id = known.split("-")[1] if known else secrets.token_hex(16)
    trace = f"00-{trace_id}-{secrets.token_hex(8)}-{known[-2:] if known else '01'}"
    _current.set(trace)
    return trace


def trace_id() -> str | None:
    """The 32 hexadecimal digits that all processes of one request share."""
    trace = _current.get()
    return trace.split("-")[1] if trace else None
