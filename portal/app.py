"""The portal's process: pages for people, rendered here from what the services answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta, timezone
from pathlib import Path
from typing import Final

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from kernel.law.load import load_country
from portal import verify
from portal.settings import Settings

HERE: Final = Path(__file__).parent
CALL_SECONDS: Final = 10.0
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_app(settings: Settings | None = None, licensing: httpx.Client | None = None) -> FastAPI:
    """The application; `licensing` is given by tests."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.licensing.close()

    app = FastAPI(title="Cornerpost portal", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.settings = settings
    app.state.host = httpx.URL(settings.public_url).netloc.decode()
    app.state.licensing = licensing or httpx.Client(
        base_url=settings.licensing_url, timeout=CALL_SECONDS
    )
    app.state.zone = zone_of(settings)
    app.state.templates = Jinja2Templates(HERE / "templates")
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    app.include_router(verify.router)
    app.add_api_route("/healthz", alive, include_in_schema=False)
    app.add_api_route("/readyz", alive, include_in_schema=False)
    app.middleware("http")(with_headers)
    return app


def zone_of(settings: Settings) -> timezone:
    """The country's clock, as its newest law says it."""
    newest = load_country(settings.rulebooks, settings.country).newest
    return timezone(timedelta(minutes=newest.rules.country.utc_offset_minutes))


def alive() -> dict[str, bool]:
    """The portal holds nothing and can always answer, if only that a service is away."""
    return {"alive": True}


async def with_headers(
    request: Request, further: Callable[[Request], Awaitable[Response]]
) -> Response:
    answer = await further(request)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.url.path.startswith("/static/"):
        answer.headers["Cache-Control"] = "max-age=3600"
    return answer


def run() -> None:
    app = create_app()
    settings: Settings = app.state.settings
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        server_header=False,
        log_level="warning",
    )


if __name__ == "__main__":
    run()
