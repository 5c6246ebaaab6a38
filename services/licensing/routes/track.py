"""Tracking: code and PIN in the body, and nothing of them in any log."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request, Response

from chassis.idempotency import JSON, spell
from chassis.problem_json import answers, render
from chassis.rate_limits import RateLimit
from chassis.unit_of_work import AtUnitOfWork, UnitOfWork
from chassis.who import PUBLIC, asks
from contracts.licensing.wire_applications import Track, Tracked
from kernel.codes import NotACode, PublicCode, read_pin
from kernel.problems import TooMany
from services.licensing.acts.lock_tracking import lock_tracking
from services.licensing.desk import Desk
from services.licensing.domain.application import Application
from services.licensing.domain.tracked import show_tracked
from services.licensing.domain.tracking import TRIES, WINDOW, TrackingLocked, WrongPin, is_pin
from services.licensing.routes.at_desk import AtDesk
from services.licensing.store.applications import Applications

router = APIRouter(tags=["tracking"])


@router.post(
    "/track",
    response_model=Tracked,
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(30, timedelta(minutes=1)))],
    responses=answers(NotACode, WrongPin, TrackingLocked),
)
def track(given: Track, request: Request, work: AtUnitOfWork, desk: AtDesk) -> Response:
    """Where a file stands, for whoever has its code and PIN.

    Five wrong PINs lock the code for an hour, and the applicant is told.
    """
    code, pin = str(PublicCode.parse(given.code)), read_pin(given.pin)
    tries, key = request.app.state.tries, f"track:{code}"
    try:
        left = tries.spend(key, TRIES, WINDOW)
    except TooMany as over:
        raise TrackingLocked(over.detail, **over.facts) from over
    application = Applications(work.session).find(code)
    if is_pin(pin, application.pin_hash if application else None) and application is not None:
        tries.forgive(key)
        return Response(spell(_shown(work, desk, application), Tracked), media_type=JSON)
    if left:
        raise WrongPin("Compare both with your receipt", tries_left=left)
    if application is not None:
        lock_tracking(work, application, WINDOW)
    seconds = int(WINDOW.total_seconds())
    return render(request, TrackingLocked("Wait an hour", retry_after=seconds))


def _shown(work: UnitOfWork, desk: Desk, application: Application) -> Tracked:
    files = Applications(work.session)
    edition = desk.law.country.by_hash(application.edition_ref().hash)
    return show_tracked(
        application,
        files.steps(application.id),
        files.papers(application.id),
        edition,
        lambda office: desk.law.calendar(edition, office),
        work.now,
        training=desk.training,
    )
