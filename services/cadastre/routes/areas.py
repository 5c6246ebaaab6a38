"""Application areas as far as they are disclosed, and licence areas, which are public."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from chassis.idempotency import AtOnce
from chassis.pages import AtPage, after_number, after_text
from chassis.problem_json import answers
from chassis.unit_of_work import ReadWork
from chassis.who import PUBLIC, STAFF, asks
from contracts.cadastre.wire import (
    ApplicationAreaTold,
    ConsentKept,
    ConsentTold,
    Feature,
    Features,
)
from kernel.authority import Power
from kernel.problems import NotAllowed, NotFound
from services.cadastre.acts.record_consent import record_consent
from services.cadastre.domain.application_area import AreaNotEntered
from services.cadastre.domain.consent import NoConsentAsked
from services.cadastre.domain.told import tell_area
from services.cadastre.routes.at_desk import AtDesk
from services.cadastre.routes.boxes import AtBox, AtInstant, NotABox
from services.cadastre.store import places, reading
from services.cadastre.store.application_areas import ApplicationAreas

router = APIRouter(tags=["areas"])
Code = Annotated[str, Path(max_length=60)]


@router.get(
    "/application-areas/disclosed",
    response_model=Features,
    responses=answers(NotABox),
    dependencies=[Depends(asks(PUBLIC))],
)
def disclosed_areas(work: ReadWork, desk: AtDesk, box: AtBox, page: AtPage) -> object:
    """Live application areas whose shape the law shows to everybody, by place in the sequence.

    Licence type and minerals where the law discloses all; the rows of the layer `applications`.
    """
    after, version = after_number(page), places.version(work.session)
    found = reading.disclosed_areas(work.session, desk.opened(), box, after, page.limit + 1)
    return Features(
        features=found[: page.limit],
        next=page.following([(one.properties["filing_seq"],) for one in found]),
        register_version=version,
    )


@router.get(
    "/application-areas/{application_id}",
    response_model=ApplicationAreaTold,
    responses=answers(NotFound),
    dependencies=[Depends(asks(PUBLIC))],
)
def application_area(application_id: UUID, work: ReadWork, desk: AtDesk) -> object:
    """Place, time and hectares; shape and minerals where the rulebook or one's office allows it."""
    areas = ApplicationAreas(work.session)
    area = areas.find(application_id)
    if area is None:
        raise NotFound("There is no such application area")
    seniors = [(one.seq, one.hectares) for one in areas.seniors(application_id)]
    whole = work.actor.holds(Power.READ_CASES, area.office, work.now) or desk.law_of(
        area.edition_ref
    ).shows_shape(area.licence_type)
    return tell_area(area, areas.net_hectares(area), seniors, whole=whole)


@router.post(
    "/application-areas/{application_id}/consents",
    status_code=201,
    response_model=ConsentKept,
    responses=answers(NotAllowed, AreaNotEntered, NoConsentAsked),
    dependencies=[Depends(asks(STAFF, Power.DECIDE_STEP, step_up=True))],
)
def consent(application_id: UUID, told: ConsentTold, once: AtOnce, desk: AtDesk) -> Response:
    """Recorded for a zone that came after the application, or for a licence's holder, given or not.

    It opens a grant that was refused, and wants the second factor as the decision does.
    """
    return once(
        lambda: record_consent(once.work, desk, application_id, told), ConsentKept, status=201
    )


@router.get(
    "/application-areas",
    response_model=Features,
    responses=answers(NotABox),
    dependencies=[Depends(asks(STAFF, Power.READ_CASES))],
)
def application_areas(work: ReadWork, box: AtBox, page: AtPage) -> object:
    """Live application areas of the offices one reads cases at, by place in the sequence."""
    mine = sorted(
        {
            appointment.office
            for appointment in work.actor.appointments
            if work.actor.holds(Power.READ_CASES, appointment.office, work.now)
        }
    )
    after = after_number(page)
    found = reading.application_areas(work.session, mine, box, after, page.limit + 1)
    keys = [(one.properties["filing_seq"],) for one in found]
    return Features(features=found[: page.limit], next=page.following(keys))


@router.get(
    "/licence-areas",
    response_model=Features,
    responses=answers(NotABox),
    dependencies=[Depends(asks(PUBLIC))],
)
def licence_areas(work: ReadWork, box: AtBox, page: AtPage, at: AtInstant = None) -> object:
    """Confirmed licence areas in force at an instant (by default now), as GeoJSON."""
    after, version = after_text(page), places.version(work.session)
    found = reading.licence_areas(work.session, box, at or work.now, after, page.limit + 1)
    return Features(
        features=found[: page.limit],
        next=page.following([(one.id,) for one in found]),
        register_version=version,
    )


@router.get(
    "/licence-areas/{code}",
    response_model=Feature,
    responses=answers(NotFound),
    dependencies=[Depends(asks(PUBLIC))],
)
def licence_area(code: Code, work: ReadWork) -> object:
    """The area of one licence."""
    found = reading.licence_area(work.session, code)
    if found is None:
        raise NotFound("There is no such licence area")
    return found
