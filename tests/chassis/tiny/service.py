"""A service as small as one can be: things with a name, made and renamed."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import SettingsConfigDict
from sqlalchemy import text

from chassis.app import create_service
from chassis.idempotency import AtOnce
from chassis.settings import ServiceSettings
from chassis.spool import AtSpool
from chassis.unit_of_work import AtUnitOfWork, ReadWork, UnitOfWork, Works
from chassis.versions import AtVersion, must_match
from chassis.who import ANYBODY_SIGNED_IN, PUBLIC, STAFF, AtActor, asks
from contracts.procedures import Tell
from kernel.authority import Power
from kernel.problems import NotFound, Problem


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="CORNERPOST_MESSAGES_", frozen=True)
    service: ClassVar[str] = "messages"


class NameTaken(Problem):
    title = "Another thing has this name"


class ThingWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)]
    weight: int | float | None = None


class Thing(BaseModel):
    id: UUID
    name: str
    version: int


router = APIRouter(prefix="/things", tags=["things"])


def make_thing(work: UnitOfWork, wanted: ThingWanted) -> Thing:
    found = text("select 1 from thing where name = :name")
    if work.session.execute(found, {"name": wanted.name}).first():
        raise NameTaken("Choose another name")
    made = Thing(id=work.new_id(), name=wanted.name, version=1)
    work.session.execute(text("insert into thing values (:id, :name, :version)"), dict(made))
    work.record(made.id, "thing.made", {"version": 1}, tell=[Tell.notice(made.id)])
    return made


def rename_thing(work: UnitOfWork, thing: UUID, name: str, seen: int) -> Thing:
    row = work.session.execute(
        text("select version from thing where id = :id for update"), {"id": thing}
    ).first()
    if row is None:
        raise NotFound("There is no such thing")
    must_match(seen, row.version)
    made = Thing(id=thing, name=name, version=row.version + 1)
    work.session.execute(
        text("update thing set name = :name, version = :version where id = :id"), dict(made)
    )
    work.record(thing, "thing.renamed", {"version": made.version})
    return made


@router.post("", status_code=201, dependencies=[Depends(asks(ANYBODY_SIGNED_IN))])
def make(wanted: ThingWanted, work: AtUnitOfWork, once: AtOnce) -> Thing:
    return once(lambda: make_thing(work, wanted), Thing, status=201)  # type: ignore[return-value]


@router.post("/{thing}/name", dependencies=[Depends(asks(ANYBODY_SIGNED_IN))])
def rename(
    thing: UUID, wanted: ThingWanted, seen: AtVersion, work: AtUnitOfWork, once: AtOnce
) -> Thing:
    return once(lambda: rename_thing(work, thing, wanted.name, seen), Thing)  # type: ignore[return-value]


@router.get("", dependencies=[Depends(asks(PUBLIC))])
def count(work: ReadWork, name: str = "") -> dict[str, int]:
    counted = text("select count(*) from thing where :name in ('', name)")
    return {"things": work.session.execute(counted, {"name": name}).scalar_one()}


@router.post("/seals", dependencies=[Depends(asks(STAFF, Power.AUDIT, step_up=True))])
def seal(work: AtUnitOfWork, once: AtOnce) -> dict[str, Any]:
    return once(lambda: {"sealed": 1}, dict[str, int])  # type: ignore[return-value]


@router.post("/counts", dependencies=[Depends(asks(STAFF, Power.AUDIT))])
def count_aside(request: Request, actor: AtActor) -> dict[str, int]:
    """Opens a unit of work of its own, as routes do that call the outside between two acts."""
    works = Works(request.app.state.database.sessions)
    counted = text("select count(*) from thing")
    return {"things": works.run(actor, lambda work: work.session.execute(counted).scalar_one())}


@router.put("/photo", dependencies=[Depends(asks(ANYBODY_SIGNED_IN))])
def photo(spool: AtSpool, work: AtUnitOfWork) -> dict[str, Any]:
    return {"size": spool.size, "sha256": spool.sha256}


@router.put("/scan", dependencies=[Depends(asks(STAFF))])
def scan(spool: AtSpool, work: AtUnitOfWork) -> dict[str, Any]:
    return {"size": spool.size, "sha256": spool.sha256}


def create_app(settings: Settings, **other: Any) -> FastAPI:
    return create_service(settings, [router], "Things", **other)
