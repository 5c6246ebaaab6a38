"""Resuming a stopped clock: the request has ended, the office's time runs on from an instant."""

from datetime import datetime

from kernel.log.leaf import instant
from services.licensing.casework import Casework, step_view
from services.licensing.domain.request import InformationRequest
from services.licensing.domain.step import Json, Step


def resume_clock(case: Casework, step: Step, request: InformationRequest, at: datetime) -> Json:
    """Let the clock run on from `at`; gives what the fact tells of it."""
    law, calendar = case.law(step.step), case.calendar(step.office)
    step.resumed(at)
    step.run(step.term().resume(at), law, calendar)
    step.changed()
    return {
        **step_view(step),
        "request": str(request.id),
        "due_at": step.due_at and instant(step.due_at),
        "warn_at": step.warn_at and instant(step.warn_at),
    }
