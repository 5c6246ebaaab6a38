"""The application every service is: its routes behind one intake, one gate, one way to refuse."""

import threading
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import anyio.to_thread
import structlog
import uvicorn
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from chassis import health, log_routes
from chassis.admission import Admission
from chassis.clock import Clock
from chassis.database import Database, open_database
from chassis.files import DiskFiles
from chassis.intake import Intake
from chassis.outages import Outages
from chassis.powers import Uploads, describe, powers_of
from chassis.problem_json import render
from chassis.process import stop_on_signals, tell_what_is_lacking, wait_for_stack
from chassis.rate_limits import Tries
from chassis.settings import ServiceSettings
from chassis.sweeping import keep_swept
from chassis.telemetry import Telemetry, configure_logs
from chassis.tokens import tokens_of
from kernel.problems import Malformed, NotFound, Problem

VERSION: Final = "1"
TOLD: Final = 20  # mistakes of one request that are listed

log = structlog.get_logger(__name__)


class MethodNotAllowed(Problem):
    """The address exists; this is not what can be done with it."""

    status = 405
    title = "This cannot be done here"


def create_service(
    settings: ServiceSettings,
    routers: Sequence[APIRouter],
    title: str,
    *,
    description: str = "",
    root_routers: Sequence[APIRouter] = (),
    forms: Collection[str] = (),
    clock: Clock | None = None,
    database: Database | None = None,
) -> FastAPI:
    """A service's application. `routers` stand under /v1, `root_routers` without prefix.

    `forms` are the full paths that take url-encoded forms. `clock` and `database` are given by
    tests. `app.state` holds settings, database, clock, tokens, files and tries. Raises
    RouteWithoutRule for a route that does not declare who may ask.
    """
    database = database or open_database(settings, clock)
    app = FastAPI(
        title=title,
        version=VERSION,
        description=description,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    _equip(app, settings, database)
    for router in (health.router, *root_routers):
        app.include_router(router)
    for router in (log_routes.router, *routers):
        app.include_router(router, prefix="/v1")
    _refusals(app)
    _layers(app, settings, forms)
    powers_of(app)
    app.router.add_route("/openapi.json", _openapi, include_in_schema=False)
    return app


def _equip(app: FastAPI, settings: ServiceSettings, database: Database) -> None:
    """What routes and dependencies find at `app.state`."""
    clock = database.around.clock
    app.state.settings, app.state.database, app.state.clock = settings, database, clock
    app.state.tokens = tokens_of(settings, clock.real_now)
    app.state.files = DiskFiles(settings.files / settings.service)
    app.state.tries = Tries(database, clock.real_now)


def _layers(app: FastAPI, settings: ServiceSettings, forms: Collection[str]) -> None:
    """Innermost first."""
    app.add_middleware(Outages)
    app.add_middleware(Admission, places=settings.pool, queue=settings.waiting, free=health.FREE)
    app.add_middleware(
        Intake,
        settings=settings,
        identify=app.state.tokens.actor,
        takes=Uploads.of(app).take,
        forms=frozenset(forms),
    )
    app.add_middleware(Telemetry)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    threads = anyio.to_thread.current_default_thread_limiter()
    threads.total_tokens = max(threads.total_tokens, 3 * app.state.settings.pool + 10)
    stop, files = threading.Event(), app.state.files.root
    sweeper = threading.Thread(target=keep_swept, args=[files, stop], daemon=True)
    sweeper.start()
    try:
        yield
    finally:
        stop.set()
        sweeper.join()
        app.state.database.close()


def _refusals(app: FastAPI) -> None:
    async def refuse(request: Request, problem: Exception) -> Response:
        if not isinstance(problem, Problem):
            raise problem
        return render(request, problem)

    async def malformed(request: Request, error: Exception) -> Response:
        mistakes = error.errors() if isinstance(error, RequestValidationError) else []
        told = [_mistake(one) for one in mistakes[:TOLD]]
        return render(request, Malformed("Some of the request cannot be read", errors=told))

    async def by_address(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 404:
            return render(request, NotFound("There is no such address"))
        if status == 405:
            return render(request, MethodNotAllowed("The address takes other methods"))
        return render(request, Malformed("The request cannot be read"))

    app.add_exception_handler(Problem, refuse)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, by_address)


def _mistake(error: dict[str, Any]) -> dict[str, Any]:
    """Where and why, without what was sent: member names a stranger made up are left out."""
    place = [one for one in error["loc"] if isinstance(one, int) or one.isidentifier()]
    if error["type"] == "extra_forbidden":
        place = place[:-1]
    return {"where": [str(one)[:60] for one in place], "kind": error["type"]}


async def _openapi(request: Request) -> Response:
    app: FastAPI = request.app
    return JSONResponse(describe(app))


def run(create_app: Callable[[], FastAPI]) -> None:
    """Serve an application until it is told to stop; waits for its database for ever."""
    app = create_app()
    settings: ServiceSettings = app.state.settings
    configure_logs(settings, settings.service)
    stop = stop_on_signals()  # uvicorn hands the signal on to whoever listened before it
    wait_for_stack(app.state.database, stop.is_set)
    if stop.is_set():
        return
    tell_what_is_lacking(settings)
    threading.Thread(target=app.state.tokens.learn, args=[stop], daemon=True).start()
    log.info("service.started", port=settings.port)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )
