"""Reserve a licence's code and term, once every senior lodgement on its ground is in the map."""

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language_cases import IssuanceStatus
from contracts.procedures import Keyed, ReservedCode
from kernel.codes import PublicCode
from services.licensing.casework import take_case
from services.licensing.desk import Desk
from services.licensing.domain.licence import Issuance, NotBeingIssued, ends
from services.licensing.store.licences import Licences


def reserve_licence_code(work: UnitOfWork, desk: Desk, asked: Keyed) -> ReservedCode:
    """The code, the same for every repeat; or the numbers of the lodgements to wait for.

    Raises NotBeingIssued when the issuance has ended.
    """
    case = take_case(work, desk, asked.application_id)
    licences = Licences(work.session)
    issuance = must_be_under_way(licences.issuance(asked.subject))
    seniors = licences.unreported_seniors(case.application)
    if seniors:
        return ReservedCode(wait_for=list(seniors))
    if issuance.licence_code is None:
        law = case.plan.licence
        year = desk.law.today(work.now).year
        number = licences.next_number(law.prefix)
        issuance.licence_code = str(PublicCode(law.prefix, year, number))
        issuance.valid_from = work.now
        issuance.valid_to = ends(work.now, law.valid_for, case.calendar(case.application.office))
    return ReservedCode(
        licence_code=issuance.licence_code,
        valid_from=issuance.valid_from,
        valid_to=issuance.valid_to,
    )


def must_be_under_way(issuance: Issuance) -> Issuance:
    """Raise NotBeingIssued when it has ended."""
    if issuance.status is not IssuanceStatus.REQUESTED:
        raise NotBeingIssued("This issuance has ended", state=issuance.status.value)
    return issuance
