"""Ground checks: anybody may ask what the register knows of ground, and gets it signed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends

from chassis.problem_json import answers
from chassis.rate_limits import RateLimit
from chassis.unit_of_work import AtUnitOfWork, ReadWork
from chassis.who import PUBLIC, asks
from contracts.cadastre.statement import SignedStatement
from contracts.cadastre.wire import GroundAsked, GroundChecked
from kernel.problems import NotFound, TooMany
from services.cadastre.acts.check_ground import ZoneNotOpen, check_ground
from services.cadastre.domain import (
    core,
    corners,
    drawing,
    geojson,
    gpx,
    grid,
    law,
    limits,
    offices,
    planes,
    statement,
    validity,
)
from services.cadastre.routes.at_desk import AtDesk
from services.cadastre.store.checks import kept_check

REFUSALS = (
    NotFound,
    TooMany,
    ZoneNotOpen,
    core.AreaTooThin,
    corners.CornerNotReadable,
    drawing.AskInOneWay,
    drawing.NoGroundOfItsOwn,
    geojson.NotAnArea,
    gpx.NotAWalk,
    grid.CellsNotValid,
    grid.OffGrid,
    law.MineralNotAllowed,
    law.UnknownLicenceType,
    limits.AreaBeyondLimits,
    limits.DeclaredAreaMissing,
    limits.TooManyParts,
    offices.OutsideCountry,
    planes.CornerOutside,
    planes.SystemUnknown,
    statement.AreaTooDetailed,
    validity.AreaNotValid,
    validity.TooManyCorners,
)


def router(a_minute: int) -> APIRouter:
    """`a_minute`: how many checks one address may ask for."""
    made = APIRouter(prefix="/ground/checks", tags=["ground"])
    limit = Depends(RateLimit(a_minute, timedelta(minutes=1)))
    rule = Depends(asks(PUBLIC))
    made.post(
        "",
        response_model=GroundChecked,
        responses=answers(*REFUSALS),
        dependencies=[rule, limit],
    )(check)
    made.get(
        "/{statement_id}",
        response_model=SignedStatement,
        responses=answers(NotFound),
        dependencies=[rule],
    )(read)
    return made


def check(what: GroundAsked, work: AtUnitOfWork, desk: AtDesk) -> object:
    """A signed statement to lodge with, valid for 24 hours, and the same as a report to read."""
    return check_ground(work, desk, what)


def read(statement_id: UUID, work: ReadWork) -> dict[str, Any]:
    """A statement as it was signed, for whoever knows its id."""
    found = kept_check(work.session, statement_id)
    if found is None:
        raise NotFound("There is no such statement")
    return found
