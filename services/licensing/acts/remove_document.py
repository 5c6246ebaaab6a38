"""Remove a document from a draft: a wrong photograph before it is lodged."""

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Act
from kernel.problems import NotFound
from services.licensing.domain.access import must_keep
from services.licensing.store.applications import Applications
from services.licensing.store.parties import Parties


def remove_document(work: UnitOfWork, ref: str, page: tuple[str, int]) -> None:
    """Take page `(kind, n)` out of a draft. Raises NotFound, NotInThisStatus."""
    files = Applications(work.session)
    application = files.take(ref)
    party = Parties(work.session).get(application.party_id)
    must_keep(application, party, work.actor, work.now)
    application.must_allow(Act.EDIT_DRAFT)
    document = files.document(application.id, *page)
    if document is None:
        raise NotFound("There is no such page")
    work.session.delete(document)
