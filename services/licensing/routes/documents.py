"""Documents of an application: pages and photographs, put as raw bodies, served as attachments."""

import mimetypes
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from fastapi.responses import StreamingResponse

from chassis.files import AtFiles, StoredFile, as_attachment
from chassis.problem_json import answers
from chassis.spool import AtSpool, DigestDiffers, NoFile, OtherOffset, UploadUnderWay
from chassis.strict_json import TooLarge
from chassis.unit_of_work import AtUnitOfWork, ReadWork
from chassis.who import ANYBODY_SIGNED_IN, asks
from contracts.licensing.wire_applications import DocumentView
from kernel.law.editions import NoSuchLaw
from kernel.problems import NotAllowed, NotFound
from services.licensing.acts.add_document import add_document
from services.licensing.acts.remove_document import remove_document
from services.licensing.domain.papers import DocumentStands, FormatNotAccepted
from services.licensing.domain.status import NotInThisStatus
from services.licensing.routes.applications import seen_by
from services.licensing.routes.at_desk import AtDesk
from services.licensing.store.applications import Applications

router = APIRouter(prefix="/applications/{ref}/documents/{kind}/{n}", tags=["documents"])
Page = Annotated[int, Path(ge=1, le=200)]
HEAD = 16  # bytes that tell what a file is


@router.put(
    "",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=DocumentView,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("image/jpeg", "image/png", "application/pdf")
            },
        }
    },
    responses=answers(
        NotFound,
        NotAllowed,
        NoSuchLaw,
        NotInThisStatus,
        FormatNotAccepted,
        DocumentStands,
        OtherOffset,
        UploadUnderWay,
        DigestDiffers,
        NoFile,
        TooLarge,
    ),
)
def put(
    ref: str, kind: str, n: Page, spool: AtSpool, work: AtUnitOfWork, desk: AtDesk, files: AtFiles
) -> object:
    """Put one page of a paper as the raw body, with `Repr-Digest: sha-256=:…:`.

    On a bad link it goes in parts: `Upload-Offset` says where a part begins, `Upload-Complete: ?0`
    that more will come; a part at another offset is answered with the one to go on at,
    and while another connection is sending this page, with when to ask again.
    """
    with spool.path.open("rb") as file:
        head = file.read(HEAD)
    sent = StoredFile(spool.sha256, spool.size, spool.media_type)
    document = add_document(work, desk, ref, (kind, n), sent, head)
    files.keep(spool)  # only what was accepted, and before the row commits
    return document


@router.get(
    "",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_class=StreamingResponse,
    responses=answers(NotFound, NotAllowed),
)
def get(ref: str, kind: str, n: Page, work: ReadWork, files: AtFiles) -> StreamingResponse:
    """The page as an attachment."""
    application = seen_by(work, ref)
    found = Applications(work.session).document(application.id, kind, n)
    if found is None:
        raise NotFound("There is no such page")
    name = f"{application.code or application.id}-{kind}-{n}"
    ending = mimetypes.guess_extension(found.media_type) or ""
    stored = StoredFile(found.sha256, found.size, found.media_type)
    return as_attachment(files, stored, name + ending)


@router.delete(
    "",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    status_code=204,
    responses=answers(NotFound, NotAllowed, NotInThisStatus),
)
def remove(ref: str, kind: str, n: Page, work: AtUnitOfWork) -> Response:
    """Take a page out of a draft."""
    remove_document(work, ref, (kind, n))
    return Response(status_code=204)
