"""Request information: the office asks the applicant, and its own clock stands meanwhile."""

from datetime import timedelta

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Act, StepStatus
from contracts.licensing.wire_steps import RequestMade
from kernel.authority import Power
from kernel.facts import INFORMATION_REQUESTED
from kernel.log.leaf import instant
from services.licensing.at_step import AtStep, take_step
from services.licensing.casework import Casework, step_view
from services.licensing.desk import Desk
from services.licensing.domain.case_notices import information_requested
from services.licensing.domain.request import InformationRequest, must_still_ask
from services.licensing.domain.step import APPLICANT, Step


def request_information(
    work: UnitOfWork, desk: Desk, place: AtStep, asked: RequestMade
) -> tuple[Step, InformationRequest]:
    """Ask one thing at a time. Raises ClockAlreadyStopped while another request is open.

    Raises AskedOften where this round's clock was stopped as often or as long as it may be.
    """
    case, step, law = take_step(work, desk, place, Power.RECORD_STEP, Act.REQUEST_INFORMATION)
    before = [
        r for r in case.steps.requests(case.id) if (r.step, r.round) == (step.step, step.round)
    ]
    must_still_ask(len(before), timedelta(seconds=step.stopped_seconds), asked.reply_days)
    calendar = case.calendar(step.office)
    step.run(step.term().stop(work.now, asked.reason.value), law, calendar)
    step.status = StepStatus.STOPPED
    step.hold(APPLICANT, work.now)
    step.changed()
    request = _request(case, step, asked)
    work.session.add(request)
    leaf = work.append(
        INFORMATION_REQUESTED,
        case.id,
        {"request": str(request.id), "question": asked.question, "reason": asked.reason.value},
    )
    event = case.record(
        INFORMATION_REQUESTED,
        {
            **step_view(step),
            "request": str(request.id),
            "reason": asked.reason.value,
            "reply_due_at": request.reply_due_at and instant(request.reply_due_at),
        },
        information_requested(
            case.application, case.edition, step.office, request.reply_due_at, calendar
        ),
        leaf=leaf,
    )
    case.keep_days(event.at)
    return step, request


def _request(case: Casework, step: Step, asked: RequestMade) -> InformationRequest:
    request = InformationRequest(
        id=case.work.new_id(),
        application_id=case.id,
        step=step.step,
        round=step.round,
        office=step.office,
        reason=asked.reason,
        question=asked.question,
        asked_by=case.work.actor.person or "",
        asked_at=case.work.now,
        reply_days=asked.reply_days,
    )
    request.run(case.calendar(step.office))
    return request
