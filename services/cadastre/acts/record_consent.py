"""Record a consent: of those who answer for a newer zone, or of a holder on the same ground."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.cadastre.wire import ConsentTold
from kernel.authority import Power
from kernel.problems import NotAllowed
from services.cadastre.desk import Desk
from services.cadastre.domain.application_area import ApplicationArea
from services.cadastre.domain.consent import (
    ConsentAnswer,
    NoConsentAsked,
    asking_holders,
    asks_consent,
)
from services.cadastre.domain.law import GroundLaw, Right
from services.cadastre.store.application_areas import ApplicationAreas
from services.cadastre.store.consents import keep_answer
from services.cadastre.store.hits import Asked, Underneath
from services.cadastre.store.locks import lock_ground
from services.cadastre.store.shape import box_mm

ANSWERED = "zone.consent-answered"
HOLDER_ANSWERED = "holder.consent-answered"


def record_consent(
    work: UnitOfWork, desk: Desk, application: UUID, told: ConsentTold
) -> ConsentAnswer:
    """A later answer for the same zone or licence takes the place of an earlier one; all are kept.

    Given by an officer who decides at the office told of: for a zone the one in whose jurisdiction
    the ground lies, of the agency that the law names for its kind; for a holder, who consents on
    paper, the office that handles the application. Raises AreaNotEntered, NoConsentAsked and
    NotAllowed.
    """
    areas = ApplicationAreas(work.session)
    work.actor.must(Power.DECIDE_STEP, told.office, work.now)
    if work.actor.person is None:
        raise NotAllowed("A consent is recorded by a person")
    lock_ground(work.session, box_mm(areas.get(application).geom))
    area = areas.take(application)
    area.must_be_live()
    law = desk.law_of(area.edition_ref)
    ground = Underneath(work.session, Asked(area.plane, area.geom, area.core))
    if told.licence is None:
        _must_answer(work, desk, law, area, ground, told)
    else:
        _must_be_of_holder(work, law, area, ground, told)
    answer = ConsentAnswer(
        told.zone, told.given, told.office, told.reference, work.now, told.licence
    )
    keep_answer(work.session, application, answer, work.actor.person)
    work.append(
        ANSWERED if told.licence is None else HOLDER_ANSWERED,
        application,
        {
            **({"zone": told.zone} if told.licence is None else {"licence": told.licence}),
            "given": told.given,
            "office": told.office,
            "reference": told.reference,
            "by": work.actor.person,
        },
    )
    return answer


def _must_be_of_holder(
    work: UnitOfWork, law: GroundLaw, area: ApplicationArea, ground: Underneath, told: ConsentTold
) -> None:
    right = Right(area.licence_type, tuple(area.minerals))
    asked = asking_holders(law, right, ground.granted(work.now))
    if told.licence not in {one.code for one in asked}:
        raise NoConsentAsked("No such licence lies on this ground and asks for its holder's word")
    if told.office != area.office:
        raise NotAllowed("The office of the application records it", offices=[area.office])


def _must_answer(
    work: UnitOfWork,
    desk: Desk,
    law: GroundLaw,
    area: ApplicationArea,
    ground: Underneath,
    told: ConsentTold,
) -> None:
    met = next((zone for zone in ground.zones(work.now) if zone.id == told.zone), None)
    if met is None or not asks_consent(law, area.licence_type, met, area.asked_at):
        raise NoConsentAsked("No such zone came to lie under this application and asks for consent")
    here = area.geom.representative_point()
    offices = ground.offices(desk.today(work.now), (here.x, here.y))
    agency = law.consent_of(met.kind)
    mine = {one.office for one in offices if one.agency == agency} if agency else {area.office}
    if told.office not in mine:
        raise NotAllowed("Another office answers for this zone", offices=sorted(mine))
