"""Health: is the process alive, can it do its work, and what does it count."""

from typing import Final

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.database import Database, check_stack
from chassis.who import PUBLIC, asks
from kernel.problems import TryLater

FREE: Final = frozenset({"/healthz", "/readyz", "/metrics", "/openapi.json"})

router = APIRouter(tags=["operation"], dependencies=[Depends(asks(PUBLIC))])


class Ready(BaseModel):
    """`lacking`: what the service waits for its operator to connect; the rest of it works."""

    service: str
    mode: str
    lacking: tuple[str, ...] = ()


class Alive(BaseModel):
    alive: bool


@router.get("/healthz")
def healthz() -> Alive:
    """The process answers."""
    return Alive(alive=True)


@router.get("/readyz")
def readyz(request: Request) -> Ready:
    """The process can do its work: its database is there and belongs to this stack."""
    database: Database = request.app.state.database
    try:
        check_stack(database, database.aside)
    except (DBAPIError, PoolTimeout) as away:
        raise TryLater("The register cannot be reached at the moment", retry_after=5) from away
    return Ready(
        service=database.around.service,
        mode=database.around.mode,
        lacking=request.app.state.settings.lacking,
    )


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    """Prometheus text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
