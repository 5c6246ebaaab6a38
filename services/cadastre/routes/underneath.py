"""What lies under the map: offices' jurisdictions, and known workings, which only staff see."""

from fastapi import APIRouter, Depends

from chassis.pages import AtPage, after_text
from chassis.unit_of_work import ReadWork
from chassis.who import PUBLIC, STAFF, asks
from contracts.cadastre.wire import Feature, Features
from kernel.authority import Power
from services.cadastre.domain.display import geojson_in_degrees
from services.cadastre.domain.planes import Plane
from services.cadastre.routes.at_desk import AtDesk
from services.cadastre.routes.boxes import AtInstant
from services.cadastre.store import reading

router = APIRouter(tags=["places"])


@router.get(
    "/jurisdictions", response_model=Features, dependencies=[Depends(asks(PUBLIC))]
)
def jurisdictions(work: ReadWork, desk: AtDesk, at: AtInstant = None) -> object:
    """Where each office decides, on the day of an instant (by default today)."""
    found = reading.jurisdictions(work.session, desk.today(at or work.now))
    return Features(features=[_shown(one) for one in found])


@router.get(
    "/known-workings",
    response_model=Features,
    dependencies=[Depends(asks(STAFF, Power.READ_CASES))],
)
def known_workings(work: ReadWork, page: AtPage) -> object:
    """Places where people mine without a licence; not for the public: it could bring them harm."""
    after = after_text(page)
    found = reading.known_workings(work.session, after, page.limit + 1)
    return Features(
        features=[_shown(one) for one in found[: page.limit]],
        next=page.following([(one.id,) for one in found]),
    )


def _shown(one: Feature) -> Feature:
    """The register keeps them in its plane."""
    told = dict(one.properties)
    plane = Plane(f"EPSG:{told.pop('plane')}")
    return one.model_copy(
        update={"geometry": geojson_in_degrees(one.geometry, plane), "properties": told}
    )
