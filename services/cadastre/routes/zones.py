"""Zones: read by everybody, made by two people."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from chassis.idempotency import AtOnce
from chassis.pages import AtPage, after_text
from chassis.problem_json import answers
from chassis.unit_of_work import ReadWork
from chassis.who import PUBLIC, STAFF, asks
from contracts.cadastre.wire import Features, ZoneProposed, ZoneTold
from kernel.authority import Power, Realm, SecondPersonNeeded
from kernel.problems import NotAllowed, NotFound
from services.cadastre.acts.approve_zone import approve_zone
from services.cadastre.acts.propose_zone import UnknownZoneKind, ZoneNeverHolds, propose_zone
from services.cadastre.domain.corners import CornerNotReadable
from services.cadastre.domain.geojson import NotAnArea
from services.cadastre.domain.offices import OutsideJurisdiction
from services.cadastre.domain.planes import CornerOutside, SystemUnknown
from services.cadastre.domain.validity import AreaNotValid, TooManyCorners
from services.cadastre.domain.zone import ZoneApproved, ZoneIdTaken
from services.cadastre.routes.at_desk import AtDesk
from services.cadastre.routes.boxes import AtBox, AtInstant, NotABox
from services.cadastre.store import places, reading

router = APIRouter(prefix="/zones", tags=["zones"])
Name = Annotated[str, Path(max_length=60)]
DRAWING = (
    CornerNotReadable, CornerOutside, SystemUnknown, NotAnArea, AreaNotValid, TooManyCorners,
)


@router.get(
    "",
    response_model=Features,
    responses=answers(NotABox),
    dependencies=[Depends(asks(PUBLIC))],
)
def zones(work: ReadWork, box: AtBox, page: AtPage, at: AtInstant = None) -> object:
    """Zones in effect at an instant (by default now); staff also see proposed ones."""
    after, version = after_text(page), places.version(work.session)
    staff = work.actor.realm is Realm.STAFF
    found = reading.zones(
        work.session, box, None if staff and at is None else at or work.now, after,
        page.limit + 1, proposed=staff,
    )
    return Features(
        features=found[: page.limit],
        next=page.following([(one.id,) for one in found]),
        register_version=version,
    )


@router.post(
    "",
    status_code=201,
    response_model=ZoneTold,
    responses=answers(NotAllowed, ZoneIdTaken, UnknownZoneKind, ZoneNeverHolds,
                      OutsideJurisdiction, *DRAWING),
    dependencies=[Depends(asks(STAFF, Power.PROPOSE_ZONE))],
)
def propose(told: ZoneProposed, once: AtOnce, desk: AtDesk) -> Response:
    """The first signature; the zone has no effect yet."""
    return once(lambda: propose_zone(once.work, desk, told), ZoneTold, status=201)


@router.post(
    "/{name}/approval",
    response_model=ZoneTold,
    responses=answers(NotAllowed, NotFound, SecondPersonNeeded, ZoneApproved, OutsideJurisdiction),
    dependencies=[Depends(asks(STAFF, Power.APPROVE_ZONE, step_up=True))],
)
def approve(name: Name, once: AtOnce, desk: AtDesk) -> Response:
    """The second signature, by somebody else: the zone has effect."""
    return once(lambda: approve_zone(once.work, desk, name), ZoneTold)
