"""Give information: the applicant replies to an office, whose clock runs on."""

from chassis.unit_of_work import UnitOfWork
from chassis.versions import must_match
from contracts.licensing.language import Act
from contracts.licensing.language_cases import RequestStatus
from contracts.licensing.wire_steps import ReplyGiven
from kernel.facts import INFORMATION_GIVEN
from services.licensing.at_step import AtStep
from services.licensing.casework import Casework, take_case
from services.licensing.desk import Desk
from services.licensing.domain.access import must_keep
from services.licensing.domain.case_notices import information_given
from services.licensing.domain.papers import PageMissing
from services.licensing.domain.request import InformationRequest, NothingAsked
from services.licensing.domain.step import Step
from services.licensing.resuming import resume_clock
from services.licensing.store.applications import Applications
from services.licensing.store.parties import Parties


def give_information(
    work: UnitOfWork, desk: Desk, place: AtStep, given: ReplyGiven
) -> tuple[Step, InformationRequest]:
    """Reply to the open request of a step. Raises NothingAsked, PageMissing, Stale.

    A reply that beats the lapse of its request counts, but the office's time runs from the
    instant by which the reply was due.
    """
    case = take_case(work, desk, place.ref)
    party = Parties(work.session).get(case.application.party_id)
    must_keep(case.application, party, work.actor, work.now)
    law = case.law(place.step)
    step = case.steps.take(case.id, law.id)
    must_match(place.seen, step.version, **step.told())
    case.application.must_allow(Act.GIVE_INFORMATION)
    request = case.steps.open_request(step)
    if request is None:
        raise NothingAsked("This office waits for nothing from you", **step.told())
    request.reply, request.replied_by = given.reply, work.actor.person
    request.pages = _pages(case, given)
    request.end(RequestStatus.GIVEN, work.now)
    told = resume_clock(case, step, request, request.ended_by(work.now))
    notices = information_given(
        case.application, law, case.edition, step.office, step.due_at, case.calendar(step.office)
    )
    reply = {"request": str(request.id), "reply": given.reply, "pages": request.pages}
    leaf = work.append(INFORMATION_GIVEN, case.id, reply)
    event = case.record(INFORMATION_GIVEN, told, notices, leaf=leaf)
    case.keep_days(event.at)
    return step, request


def _pages(case: Casework, given: ReplyGiven) -> list[dict[str, object]]:
    documents = Applications(case.work.session).documents(case.id)
    there = {(d.kind, d.n): d.sha256 for d in documents}
    absent = [f"{page.kind}/{page.n}" for page in given.pages if (page.kind, page.n) not in there]
    if absent:
        raise PageMissing("Send the pages first", pages=absent)
    return [
        {"kind": page.kind, "n": page.n, "sha256": there[page.kind, page.n]} for page in given.pages
    ]
