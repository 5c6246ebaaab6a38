"""The portal's process: pages for people, rendered here from what the services answer."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta, timezone
from typing import Final

import anyio.to_thread
import httpx
import uvicorn
from fastapi import Depends, FastAPI, Request, Response
from markupsafe import Markup
from starlette.middleware.gzip import GZipMiddleware

from chassis.admission import Admission
from chassis.clock import Clock
from chassis.database import open_database
from chassis.telemetry import Telemetry, configure_logs
from kernel.law.editions import Edition
from kernel.law.load import load_country
from portal.public import home, verify
from portal.settings import Settings
from portal.signin import routes
from portal.signin.keycloak import CLIENTS, Keycloak
from portal.signin.people import Sessions, arrive
from portal.store.upkeep import keep_swept, refuse_foreign
from portal.web import languages
from portal.web.built_files import BuiltFiles
from portal.web.calls import client
from portal.web.colours import add_colours
from portal.web.cookies import Cookies
from portal.web.frame import Frame
from portal.web.pages import Pages
from portal.web.sealing import Seals
from portal.web.sheets import Sheets
from portal.web.trouble import tell_troubles
from portal.web.typed import typed

PROCESS: Final = "portal"
WORTH_PACKING: Final = 600  # bytes


def create_app(
    settings: Settings | None = None,
    licensing: httpx.Client | None = None,
    law: Edition | None = None,
    clock: Clock | None = None,
    identity: httpx.Client | None = None,
) -> FastAPI:
    """The application; tests give what stands around it: `identity` is the way to Keycloak."""
    settings = settings or Settings()
    app = FastAPI(
        title="Cornerpost portal", docs_url=None, redoc_url=None, openapi_url=None,
        lifespan=_lifespan, dependencies=[Depends(typed), Depends(arrive)],
    )
    law = law or load_country(settings.rulebooks, settings.country).newest
    app.state.settings, app.state.law, app.state.zone = settings, law, zone_of(law)
    app.state.licensing = licensing or client(settings.licensing_url)
    app.state.cookies = Cookies.at(settings.public_url)
    app.state.pages = pages_of(settings, law)
    _keep(app, settings, clock or Clock(settings.mode))
    app.state.realms = {
        realm: Keycloak.of(realm, settings, app.state.clock.real_now, identity)
        for realm in CLIENTS
    }
    for router in (home.router, verify.router, routes.router):
        app.include_router(router)
    for path in ("/healthz", "/readyz"):
        app.add_api_route(path, alive, include_in_schema=False)
    app.router.add_route("/static/{name}", served, include_in_schema=False)
    tell_troubles(app)
    _layers(app, settings)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    places = anyio.to_thread.current_default_thread_limiter()
    places.total_tokens = max(places.total_tokens, app.state.settings.at_once + 10)
    stop = threading.Event()
    sweeper = threading.Thread(
        target=keep_swept, args=[app.state.database, app.state.clock, stop], daemon=True
    )
    sweeper.start()
    try:
        yield
    finally:
        stop.set()
        sweeper.join()
        for realm in app.state.realms.values():
            realm.http.close()
        app.state.licensing.close()
        app.state.database.close()


def _keep(app: FastAPI, settings: Settings, clock: Clock) -> None:
    """What the portal keeps of people, and by which clock."""
    app.state.clock, app.state.database = clock, open_database(settings, clock)
    app.state.seals = Seals(settings.session_key.get_secret_value().encode())
    app.state.people = Sessions(app.state.database, app.state.seals, clock, settings)
    app.state.sheets = Sheets(app.state.database, app.state.seals, clock)


def pages_of(settings: Settings, law: Edition) -> Pages:
    """The country's pages: its languages, its colours, and what stands around each."""
    offered = languages.Languages(
        law.rules.country.languages, (languages.OWN, settings.own / "languages")
    )
    files = BuiltFiles()
    host = httpx.URL(settings.public_url).netloc.decode()
    around = {"host_shown": Markup("<bdi>{}</bdi>").format(host), "training": settings.training}
    return Pages(files, offered, around, own_colours=add_colours(files, settings.own))


def zone_of(law: Edition) -> timezone:
    """The country's clock, as its newest law says it."""
    return timezone(timedelta(minutes=law.rules.country.utc_offset_minutes))


def origin(address: str) -> str:
    """Scheme, host and port: as a policy names where a form may lead (signing out, to Keycloak)."""
    found = httpx.URL(address)
    return f"{found.scheme}://{found.netloc.decode()}" if found.host else ""


def alive() -> dict[str, bool]:
    """The portal holds nothing and can always answer, if only that a service is away."""
    return {"alive": True}


async def served(request: Request) -> Response:
    """A file that set-up built."""
    files: BuiltFiles = request.app.state.pages.files
    return files.serve(request, request.path_params["name"])


def _layers(app: FastAPI, settings: Settings) -> None:
    """Innermost first."""
    app.add_middleware(
        Admission, places=settings.at_once, queue=settings.waiting, free=("/healthz", "/readyz")
    )
    app.add_middleware(
        Frame,
        languages=app.state.pages.languages,
        cookies=app.state.cookies,
        most=settings.most_bytes,
        proxy=settings.proxy,
        leads_to=tuple(sorted({origin(realm.issuer) for realm in app.state.realms.values()})),
        over_tls=settings.public_url.startswith("https://"),
    )
    app.add_middleware(GZipMiddleware, minimum_size=WORTH_PACKING, compresslevel=9)
    app.add_middleware(Telemetry)


def run() -> None:
    app = create_app()
    settings: Settings = app.state.settings
    configure_logs(settings, PROCESS)
    refuse_foreign(app.state.database)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    run()
