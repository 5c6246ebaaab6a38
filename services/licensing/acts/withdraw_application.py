"""Withdraw an application: the applicant gives it up, and with it its place and its ground."""

from chassis.unit_of_work import UnitOfWork
from chassis.versions import must_match
from contracts.licensing.language import Act, Status
from contracts.licensing.wire_applications import Withdrawal
from contracts.procedures import Tell
from kernel.facts import APPLICATION_WITHDRAWN
from services.licensing.domain import notices
from services.licensing.domain.access import must_keep
from services.licensing.domain.application import Application
from services.licensing.store.applications import Applications
from services.licensing.store.parties import Parties


def withdraw_application(
    work: UnitOfWork, ref: str, seen: int | None, given: Withdrawal
) -> Application:
    """End the case as withdrawn; its workflow then closes steps, voids invoices, frees ground."""
    application = Applications(work.session).take(ref)
    party = Parties(work.session).get(application.party_id)
    must_keep(application, party, work.actor, work.now)
    must_match(seen, application.version, state=application.status.value)
    application.must_allow(Act.WITHDRAW_APPLICATION)
    application.close(Status.WITHDRAWN, given.reason, work.now)
    told = notices.to_applicant(application, "application-withdrawn")
    work.record(
        application.id,
        APPLICATION_WITHDRAWN,
        {"code": application.code, "notices": notices.addressed(work.new_id, told, application.id)},
        tell=[Tell.application(application.id)],
        edition=application.edition_ref(),
    )
    return application
