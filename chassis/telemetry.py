"""Telemetry: structured logs without personal data, request metrics, each request's trace."""

import logging
import sys
import time
import traceback
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from prometheus_client import Counter, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.intake import ClientWentAway
from chassis.problem_json import render_at
from chassis.settings import ProcessSettings
from chassis.trace import continue_trace, current_trace, trace_id
from kernel.problems import Problem

REQUESTS: Final = Counter(
    "cornerpost_requests_total", "Answered requests", ("method", "route", "status")
)
SECONDS: Final = Histogram(
    "cornerpost_request_seconds",
    "From the first byte to the end of the answer",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})

log = structlog.get_logger(__name__)


class WentWrong(Problem):
    """A mistake in the service; `trace` finds it in the log."""

    status = 500
    title = "The service made a mistake"


def _with_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if found := trace_id():
        event["trace"] = found
    return event


def _naming(process: str) -> structlog.typing.Processor:
    def name(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    return name


def _where_it_broke(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Kinds of errors and places in the code; what an error says may hold what a person sent."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found
    error = error[1] if isinstance(error, tuple) else error
    broke: list[dict[str, Any]] = []
    while isinstance(error, BaseException) and len(broke) < 10:
        frames = traceback.extract_tb(error.__traceback__)[-12:]
        places = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]
        state = getattr(error, "sqlstate", None)
        broke.append({"kind": type(error).__qualname__, "sqlstate": state, "at": places})
        error = error.__cause__ or error.__context__
    if broke:
        event["broke"] = broke
    return event


def configure_logs(settings: ProcessSettings, process: str) -> None:
    """One JSON object per line, on standard error or appended to `log_path`.

    Query strings, bodies, tokens and names never get here: what is logged is the route's pattern.
    """
    stream = settings.log_path.open("a", buffering=1) if settings.log_path else sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _with_trace,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _naming(process),
    ]
    structlog.configure(
        processors=[
            *shared,
            _where_it_broke,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(stream),
    )
    plain = logging.StreamHandler(stream)
    plain.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _where_it_broke,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[plain], force=True)


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Outermost ASGI layer: measures, traces, and sees to it that every failure gets an answer."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        continue_trace(Request(scope).headers.get("traceparent"))
        watched, began = _Watched(send), time.perf_counter()
        try:
            await self.app(scope, receive, watched)
        except ClientWentAway:
            watched.status = 499
        except Problem as refusal:
            await self._answer(scope, receive, watched, refusal)
        except Exception as mistake:
            log.exception("request.mistake", error=type(mistake).__name__)
            await self._answer(
                scope, receive, watched, WentWrong("Tell us the trace", trace=trace_id())
            )
        self._note(scope, watched.status, time.perf_counter() - began)

    async def _answer(
        self, scope: Scope, receive: Receive, watched: "_Watched", problem: Problem
    ) -> None:
        if watched.status == 0:
            await render_at(scope["path"], problem)(scope, receive, watched)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = _pattern(scope)
        method = scope["method"] if scope["method"].isalpha() else "other"
        REQUESTS.labels(method, route, str(status)).inc()
        SECONDS.labels(method, route).observe(seconds)
        if route not in QUIET:
            log.info(
                "request", method=method, route=route, status=status, ms=round(seconds * 1000, 1)
            )


def _pattern(scope: Scope) -> str:
    """The route's address with its parameters' names; the included router's prefix is put back."""
    own: str | None = getattr(scope.get("route"), "path", None)
    if own is None:
        return "unmatched"
    segments = scope["path"].split("/")
    prefix = segments[: len(segments) - own.count("/")]
    return own if ":path}" in own else "/".join(prefix) + own


@dataclass(slots=True)
class _Watched:
    onward: Send
    status: int = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            trace = current_trace()
            if trace:
                message["headers"] = [*message["headers"], (b"traceparent", trace.encode())]
        await self.onward(message)
