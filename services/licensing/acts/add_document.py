"""Add a document: one page or photograph of a paper, kept under the hash of its content."""

from datetime import datetime

from chassis.files import StoredFile
from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Act, Status
from kernel.law.editions import Edition
from services.licensing.desk import Desk
from services.licensing.domain.access import must_keep
from services.licensing.domain.application import Application
from services.licensing.domain.papers import (
    Document,
    DocumentStands,
    must_be_accepted,
    must_be_awaited,
)
from services.licensing.store.applications import Applications
from services.licensing.store.parties import Parties


def add_document(
    work: UnitOfWork, desk: Desk, ref: str, page: tuple[str, int], stored: StoredFile, head: bytes
) -> Document:
    """Put page `(kind, n)` of an application; `head` are the file's first bytes.

    In a draft a page is replaced; after lodgement pages are only added, and a page that came again
    unchanged stands as it is. Once the licence is decided only papers still awaited are taken.
    """
    kind, n = page
    files = Applications(work.session)
    application = files.take(ref)
    party = Parties(work.session).get(application.party_id)
    must_keep(application, party, work.actor, work.now)
    application.must_allow(Act.ADD_DOCUMENT)
    if application.status in (Status.ISSUING, Status.GRANTED):
        must_be_awaited(next((p for p in files.papers(application.id) if p.kind == kind), None))
    edition = _law_of(desk, application, work.now)
    must_be_accepted(stored.media_type, head, edition.paper(kind).formats)
    document = files.document(application.id, kind, n)
    if document is not None and application.status is not Status.DRAFT:
        if document.sha256 != stored.sha256:
            raise DocumentStands("Send it under the next free number", n=n)
        return document
    if document is None:
        document = Document(
            id=work.new_id(),
            application_id=application.id,
            kind=kind,
            n=n,
            media_type=stored.media_type,
            sha256=stored.sha256,
            size=stored.size,
            uploaded_by=work.actor.person or "",
            uploaded_at=work.now,
        )
        work.session.add(document)
    document.media_type, document.size = stored.media_type, stored.size
    document.sha256, document.uploaded_at = stored.sha256, work.now
    work.session.flush()
    return document


def _law_of(desk: Desk, application: Application, now: datetime) -> Edition:
    """A draft is under the law of today, a case under that of its lodgement."""
    if application.edition_hash is None:
        return desk.law.edition_on(now)
    return desk.law.country.by_hash(application.edition_hash)
