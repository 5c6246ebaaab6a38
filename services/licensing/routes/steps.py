"""What is done to a step: answers, requests, replies, visits, hand-over, papers and their scans."""

from collections.abc import Callable

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from chassis.files import AtFiles, StoredFile, as_attachment
from chassis.idempotency import AtOnce
from chassis.problem_json import answers
from chassis.spool import AtSpool, DigestDiffers, NoFile
from chassis.strict_json import TooLarge
from chassis.unit_of_work import AtUnitOfWork, ReadWork, UnitOfWork
from chassis.versions import AtVersion, etag
from chassis.who import ANYBODY_SIGNED_IN, STAFF, StepUpNeeded, asks
from contracts.licensing import wire_steps as wire
from kernel.authority import Power, SecondPersonNeeded
from kernel.problems import NotAllowed, NotFound, Stale
from kernel.term import ClockAlreadyStopped
from services.licensing.acts.confirm_paper_decision import confirm_paper_decision
from services.licensing.acts.decide_step import decide_step
from services.licensing.acts.give_information import give_information
from services.licensing.acts.hand_over_step import hand_over_step
from services.licensing.acts.keep_scan import keep_scan
from services.licensing.acts.notify_occupants import notify_occupants
from services.licensing.acts.record_paper_decision import record_paper_decision
from services.licensing.acts.record_visit import record_visit
from services.licensing.acts.request_information import request_information
from services.licensing.at_step import AtStep
from services.licensing.casework import read_case
from services.licensing.desk import Desk
from services.licensing.domain import decision, field, request
from services.licensing.domain.papers import FormatNotAccepted, PageMissing, PapersOutstanding
from services.licensing.domain.shown_steps import show_step
from services.licensing.domain.status import NotInThisStatus
from services.licensing.domain.step import Step, StepNotOpen
from services.licensing.routes.applications import seen_by
from services.licensing.routes.at_desk import AtDesk

router = APIRouter(prefix="/applications/{ref}/steps/{step}", tags=["steps"])
ALWAYS = (
    NotFound,
    NotAllowed,
    Stale,
    StepNotOpen,
    NotInThisStatus,
    decision.AnsweredBySilence,
    decision.NotAnAnswer,
)
DECIDING = (
    *ALWAYS,
    StepUpNeeded,
    decision.TakesNoPart,
    decision.AnsweredBefore,
    decision.VisitNeeded,
    decision.OccupantsNotTold,
    PapersOutstanding,
)
HEAD = 16  # bytes that tell what a file is
Told = tuple[Step, dict[str, object]]


def answered(work: UnitOfWork, desk: Desk, step: Step, **more: object) -> wire.Answered:
    """The step as it now is, with what was written."""
    case = read_case(work, desk, step.application_id)
    shown = show_step(step, case.law(step.step), case.edition)
    told = {"application": step.application_id, "step": shown, **more}
    return wire.Answered.model_validate(told, from_attributes=True)


def acted(once: AtOnce, desk: Desk, act: Callable[[], Told]) -> Response:
    """Carry an act on a step out once; the answer has the step's new ETag."""

    def carry_out() -> wire.Answered:
        step, more = act()
        return answered(once.work, desk, step, **more)

    return once(carry_out, wire.Answered, headers=lambda made: {"ETag": etag(made.step.version)})


@router.post(
    "/decision",
    dependencies=[Depends(asks(STAFF, Power.DECIDE_STEP))],
    response_model=wire.Answered,
    responses=answers(*DECIDING),
)
def decide(
    ref: str,
    step: str,
    made: wire.DecisionMade,
    seen: AtVersion,
    once: AtOnce,
    desk: AtDesk,
    http: Request,
) -> Response:
    """Answer for the step's office; some steps want a second factor within ten minutes."""
    real_now = http.app.state.clock.real_now()

    def act() -> Told:
        found, written = decide_step(once.work, desk, AtStep(ref, step, seen), made, real_now)
        return found, {"decision": written}

    return acted(once, desk, act)


@router.post(
    "/request",
    dependencies=[Depends(asks(STAFF, Power.RECORD_STEP))],
    response_model=wire.Answered,
    responses=answers(*ALWAYS, ClockAlreadyStopped, request.AskedOften),
)
def ask(
    ref: str, step: str, made: wire.RequestMade, seen: AtVersion, once: AtOnce, desk: AtDesk
) -> Response:
    """Ask the applicant for information; the office's clock stands until the reply."""

    def act() -> Told:
        found, asked = request_information(once.work, desk, AtStep(ref, step, seen), made)
        return found, {"request": asked}

    return acted(once, desk, act)


@router.post(
    "/reply",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=wire.Answered,
    responses=answers(NotFound, NotAllowed, Stale, request.NothingAsked, PageMissing),
)
def reply(
    ref: str, step: str, made: wire.ReplyGiven, seen: AtVersion, once: AtOnce, desk: AtDesk
) -> Response:
    """Reply to what the office asked; for the applicant and the named helper."""

    def act() -> Told:
        found, given = give_information(once.work, desk, AtStep(ref, step, seen), made)
        return found, {"request": given}

    return acted(once, desk, act)


@router.post(
    "/visit",
    dependencies=[Depends(asks(STAFF, Power.RECORD_STEP))],
    response_model=wire.Answered,
    responses=answers(*ALWAYS, field.NotYet, field.BeforeLodgement),
)
def visit(
    ref: str, step: str, made: wire.VisitMade, seen: AtVersion, once: AtOnce, desk: AtDesk
) -> Response:
    """Record a visit to the ground."""

    def act() -> Told:
        return record_visit(once.work, desk, AtStep(ref, step, seen), made), {}

    return acted(once, desk, act)


@router.post(
    "/occupants-notice",
    dependencies=[Depends(asks(STAFF, Power.RECORD_STEP))],
    response_model=wire.Answered,
    responses=answers(*ALWAYS, field.NotYet, field.BeforeLodgement),
)
def occupants_notice(
    ref: str, step: str, made: wire.OccupantsTold, seen: AtVersion, once: AtOnce, desk: AtDesk
) -> Response:
    """Record that those at work on the ground were notified, and how."""

    def act() -> Told:
        return notify_occupants(once.work, desk, AtStep(ref, step, seen), made), {}

    return acted(once, desk, act)


@router.post(
    "/handover",
    dependencies=[Depends(asks(STAFF, Power.RECORD_STEP))],
    response_model=wire.Answered,
    responses=answers(*ALWAYS, field.OfficeNotOfAgency),
)
def handover(
    ref: str, step: str, made: wire.HandOver, seen: AtVersion, once: AtOnce, desk: AtDesk
) -> Response:
    """Give the step to another office of the same agency."""

    def act() -> Told:
        return hand_over_step(once.work, desk, AtStep(ref, step, seen), made), {}

    return acted(once, desk, act)


@router.post(
    "/paper-decision",
    dependencies=[Depends(asks(STAFF, Power.RECORD_PAPER_DECISION))],
    response_model=wire.Answered,
    responses=answers(
        *ALWAYS, field.NotFromPaper, field.ScanMissing, field.PaperDates, field.PaperWaits
    ),
)
def paper_decision(
    ref: str, step: str, made: wire.PaperDecisionMade, seen: AtVersion, once: AtOnce, desk: AtDesk
) -> Response:
    """Type in a decision that was signed on paper; without effect until somebody confirms it."""

    def act() -> Told:
        found, paper = record_paper_decision(once.work, desk, AtStep(ref, step, seen), made)
        return found, {"paper": paper}

    return acted(once, desk, act)


@router.post(
    "/paper-confirmation",
    dependencies=[Depends(asks(STAFF, Power.CONFIRM_PAPER_DECISION))],
    response_model=wire.Answered,
    responses=answers(*DECIDING, SecondPersonNeeded, field.NoPaperWaits),
)
def paper_confirmation(
    ref: str,
    step: str,
    made: wire.PaperConfirmation,
    seen: AtVersion,
    once: AtOnce,
    desk: AtDesk,
    http: Request,
) -> Response:
    """Confirm, as a second person, that the paper says what was typed in; or reject it."""
    real_now = http.app.state.clock.real_now()

    def act() -> Told:
        place = AtStep(ref, step, seen)
        found, paper, written = confirm_paper_decision(once.work, desk, place, made, real_now)
        return found, {"paper": paper, "decision": written}

    return acted(once, desk, act)


@router.put(
    "/scan",
    dependencies=[Depends(asks(STAFF, Power.RECORD_PAPER_DECISION))],
    response_model=wire.ScanKept,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("image/jpeg", "image/png", "application/pdf")
            },
        }
    },
    responses=answers(NotFound, NotAllowed, FormatNotAccepted, DigestDiffers, NoFile, TooLarge),
)
def put_scan(
    ref: str, step: str, spool: AtSpool, work: AtUnitOfWork, desk: AtDesk, files: AtFiles
) -> object:
    """Put the scan of a signed paper as the raw body; the answer names it by its hash."""
    with spool.path.open("rb") as file:
        head = file.read(HEAD)
    sent = StoredFile(spool.sha256, spool.size, spool.media_type)
    kept = keep_scan(work, desk, (ref, step), sent, head)
    files.keep(spool)  # only what was accepted, and before the row commits
    return wire.ScanKept(scan=kept.sha256, size=kept.size, media_type=kept.media_type)


@router.get(
    "/scans/{sha256}",
    dependencies=[Depends(asks(STAFF, Power.READ_CASES, Power.AUDIT))],
    response_class=StreamingResponse,
    responses=answers(NotFound, NotAllowed),
)
def get_scan(ref: str, step: str, sha256: str, work: ReadWork, files: AtFiles) -> StreamingResponse:
    """The scan as an attachment, for those who work on the case."""
    application = seen_by(work, ref)
    found = work.session.get(field.Scan, (application.id, step, sha256))
    if found is None:
        raise field.ScanMissing("There is no such scan")
    stored = StoredFile(found.sha256, found.size, found.media_type)
    return as_attachment(files, stored, f"{application.code}-{step}-{sha256[:12]}")
