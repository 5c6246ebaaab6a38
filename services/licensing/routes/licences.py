"""Licences: read, proven from the log, printed; and verified by anybody, one or many at a time."""

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from chassis.files import AtFiles, StoredFile, as_attachment
from chassis.problem_json import answers
from chassis.unit_of_work import ReadWork
from chassis.who import ANYBODY_SIGNED_IN, PUBLIC, asks
from contracts.licensing import wire_licences as wire
from contracts.licensing.language import ReceiptKind
from kernel.codes import NotACode
from kernel.log.bundle import InclusionBundle
from kernel.problems import NotAllowed, NotFound
from services.licensing.domain.licence import Certificate, Licence
from services.licensing.proving import prove
from services.licensing.routes.applications import seen_by
from services.licensing.routes.at_desk import AtDesk
from services.licensing.store.applications import Applications
from services.licensing.store.licences import Licences
from services.licensing.verifying import verify_many, verify_one

router = APIRouter(tags=["licences"])


@router.get(
    "/licences/{code}",
    dependencies=[Depends(asks(PUBLIC))],
    response_model=wire.LicenceView,
    responses=answers(NotFound, NotACode),
)
def licence(code: str, work: ReadWork, desk: AtDesk) -> object:
    """A licence of the public register."""
    found = Licences(work.session).get(code)
    printed = Licences(work.session).certificate(found.id)
    rules = desk.law.country.by_hash(found.edition_hash)
    words = rules.rules.texts[rules.licence_type(found.licence_type).title]
    told = {
        name: getattr(found, name) for name in wire.LicenceView.model_fields if hasattr(found, name)
    }
    return wire.LicenceView.model_validate(
        told
        | {
            "application": found.application_id,
            "titles": {str(language): text for language, text in words.items()},
            "holder": found.logged["holder"],
            "in_force": found.in_force(work.now),
            "certificate": printed.sha256 if printed else None,
            "as_of": work.now,
            "training": desk.training,
        }
    )


@router.get(
    "/licences/{code}/proof",
    dependencies=[Depends(asks(PUBLIC))],
    response_model=InclusionBundle,
    responses=answers(NotFound, NotACode),
)
def proof(code: str, work: ReadWork, desk: AtDesk) -> object:
    """Proof that the licence stands in the log (`verify.py inclusion`)."""
    found = Licences(work.session).get(code)
    return prove(work.session, desk, found.log_index, found.logged)


@router.get(
    "/licences/{code}/certificate/proof",
    dependencies=[Depends(asks(PUBLIC))],
    response_model=wire.CertificateProof,
    responses=answers(NotFound, NotACode),
)
def certificate_proof(code: str, work: ReadWork, desk: AtDesk) -> object:
    """The same with the text of the QR code (`verify.py certificate`)."""
    found, printed = _printed(work, code)
    inclusion = prove(work.session, desk, found.log_index, found.logged)
    return wire.CertificateProof(inclusion=inclusion, qr=printed.qr)


@router.get(
    "/licences/{code}/certificate",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_class=StreamingResponse,
    responses=answers(NotFound, NotAllowed, NotACode),
)
def certificate(code: str, work: ReadWork, files: AtFiles) -> StreamingResponse:
    """The certificate as PDF, for its holder and the offices."""
    found, printed = _printed(work, code)
    seen_by(work, str(found.application_id))
    stored = StoredFile(printed.sha256, printed.size, "application/pdf")
    return as_attachment(files, stored, f"{found.code}.pdf")


@router.get(
    "/applications/{ref}/receipts/{kind}/proof",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=InclusionBundle,
    responses=answers(NotFound, NotAllowed),
)
def receipt_proof(ref: str, kind: ReceiptKind, work: ReadWork, desk: AtDesk) -> object:
    """Proof that what a receipt says was lodged stands in the log."""
    application = seen_by(work, ref)
    receipt = Applications(work.session).receipt(application.id, kind)
    if receipt is None:
        raise NotFound("There is no such receipt")
    lodged, place = receipt.body["lodged"], receipt.body["log"]
    if not isinstance(lodged, dict) or not isinstance(place, dict):
        raise TypeError("a stored receipt holds what was lodged and its place in the log")
    return prove(work.session, desk, int(place["index"]), lodged)


@router.get(
    "/verify/{code}",
    dependencies=[Depends(asks(PUBLIC))],
    response_model=wire.Verified,
    responses=answers(NotACode),
)
def verify(code: str, work: ReadWork, desk: AtDesk) -> object:
    """Is this licence genuine and in force now? One signed answer; it tells nothing else."""
    return verify_one(work, desk, code)


@router.post("/verify", dependencies=[Depends(asks(PUBLIC))], response_model=wire.Verified)
def verify_all(asked: wire.CodesAsked, work: ReadWork, desk: AtDesk) -> object:
    """The same for up to 500 codes, in the order asked, under one signature."""
    return verify_many(work, desk, asked.codes)


def _printed(work: ReadWork, code: str) -> tuple[Licence, Certificate]:
    found = Licences(work.session).get(code)
    printed = Licences(work.session).certificate(found.id)
    if printed is None:
        raise NotFound("The certificate is not printed yet")
    return found, printed
