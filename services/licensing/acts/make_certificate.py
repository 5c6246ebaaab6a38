"""Make a certificate: what is printed of a licence, and keeping the print under its hash."""

from uuid import UUID

from chassis.files import StoredFile
from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Ack
from kernel.facts import CERTIFICATE_MADE
from kernel.problems import NotFound
from services.licensing.casework import Casework, read_case, take_case
from services.licensing.desk import Desk
from services.licensing.domain.certificate import Sheet, claims_of, sheet_of
from services.licensing.domain.licence import Certificate, Licence
from services.licensing.store.licences import Licences

QR_TYPE = "licence+jws"


def read_for_certificate(work: UnitOfWork, desk: Desk, issuance: UUID) -> Sheet:
    """Everything that is printed, with the QR text signed. Raises NotFound before it is issued."""
    licence = _issued(work, issuance)
    case = read_case(work, desk, licence.application_id)
    token = desk.qr.token(claims_of(licence), QR_TYPE)
    qr = f"{desk.public_url}/verify/{licence.code}#{token}"
    return sheet_of(licence, case.edition, case.calendar(licence.office), qr)


def keep_certificate(
    work: UnitOfWork, desk: Desk, issuance: UUID, kept: StoredFile, qr: str
) -> Ack:
    """Write down which file is the licence's certificate; the first one stands."""
    licence = _issued(work, issuance)
    case: Casework = take_case(work, desk, licence.application_id)
    if Licences(work.session).certificate(licence.id) is not None:
        return Ack()
    work.session.add(
        Certificate(
            licence_id=licence.id,
            sha256=kept.sha256,
            size=kept.size,
            qr=qr,
            made_at=work.now,
        )
    )
    event = case.record(
        CERTIFICATE_MADE, {"licence_code": licence.code, "sha256": kept.sha256}, leaf=False
    )
    return Ack(seq=event.seq)


def _issued(work: UnitOfWork, issuance: UUID) -> Licence:
    found = Licences(work.session).of_issuance(issuance)
    if found is None:
        raise NotFound("No licence was issued under this issuance")
    return found
