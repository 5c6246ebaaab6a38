"""Edit a draft: replaces what the applicant has filled in."""

from chassis.unit_of_work import UnitOfWork
from chassis.versions import must_match
from contracts.licensing.language import Act
from contracts.licensing.wire_applications import DraftContent
from services.licensing.desk import Desk
from services.licensing.domain.access import must_keep
from services.licensing.domain.application import Application
from services.licensing.domain.judging import must_be_spelled_right
from services.licensing.store.applications import Applications
from services.licensing.store.parties import Parties


def edit_draft(
    work: UnitOfWork, desk: Desk, ref: str, seen: int, content: DraftContent
) -> Application:
    """Put new content in place of version `seen`. Raises Stale when it was changed in between."""
    application = Applications(work.session).take(ref)
    party = Parties(work.session).get(application.party_id)
    must_keep(application, party, work.actor, work.now)
    application.must_allow(Act.EDIT_DRAFT)
    must_match(seen, application.version, state=application.status.value)
    must_be_spelled_right(desk.law.edition_on(work.now), content.minerals, content.district)
    application.minerals = list(content.minerals)
    application.district = content.district
    application.answers = dict(content.answers)
    application.changed(work.now)
    return application
