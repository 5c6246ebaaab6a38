"""Withdraw a pending area: the licence could not be issued, so its ground is given back."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.cadastre.language import LicenceAreaStatus
from contracts.procedures import Ack, Tell
from kernel.events import EditionRef
from kernel.facts import AREA_WITHDRAWN
from services.cadastre.store import places
from services.cadastre.store.licence_areas import LicenceAreas


def withdraw_pending_area(work: UnitOfWork, issuance: UUID) -> Ack:
    """The application goes on asking for it. Nothing granted is nothing to withdraw.

    Raises AreaConfirmed once the licence stands.
    """
    licences = LicenceAreas(work.session)
    if licences.known(issuance) is None:
        return Ack()
    licence = licences.of_issuance(issuance)
    if licence.status is LicenceAreaStatus.WITHDRAWN:
        return Ack()
    licence.withdraw(work.now)
    licences.give_back(licence, work.now)
    version = places.raise_version(work.session)
    withdrawn = work.record(
        licence.application_id,
        AREA_WITHDRAWN,
        {"issuance": str(issuance), "register_version": version},
        tell=[Tell.application(licence.application_id)],
        edition=EditionRef(**licence.edition),
    )
    return Ack(seq=withdrawn.seq)
