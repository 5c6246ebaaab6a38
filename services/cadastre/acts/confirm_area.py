"""Confirm an area: the licence was issued, and its ground is shown to everybody."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.cadastre.language import ApplicationAreaStatus, LicenceAreaStatus
from contracts.procedures import Ack, Tell
from kernel.events import EditionRef
from kernel.facts import AREA_CONFIRMED
from services.cadastre.store import places
from services.cadastre.store.application_areas import ApplicationAreas
from services.cadastre.store.licence_areas import LicenceAreas


def confirm_area(work: UnitOfWork, issuance: UUID) -> Ack:
    """The application area ends as granted. Raises AreaNotGranted; a repeat changes nothing."""
    licence = LicenceAreas(work.session).of_issuance(issuance)
    if licence.status is LicenceAreaStatus.CONFIRMED:
        return Ack()
    licence.confirm(work.now)
    area = ApplicationAreas(work.session).take(licence.application_id)
    area.end(ApplicationAreaStatus.GRANTED, work.now, licence.licence_code)
    version = places.raise_version(work.session)
    confirmed = work.record(
        licence.application_id,
        AREA_CONFIRMED,
        {
            "issuance": str(issuance),
            "licence_code": licence.licence_code,
            "register_version": version,
        },
        tell=[Tell.application(licence.application_id)],
        edition=EditionRef(**licence.edition),
    )
    return Ack(seq=confirmed.seq)
