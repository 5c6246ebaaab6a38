"""Where a file stands, in data any language can say: which office, which day of how many."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from contracts.licensing.language import PaperState, StepStatus
from contracts.licensing.wire_applications import Tracked, TrackedPaper, TrackedStep
from kernel.calendar import Calendar, Unit, elapsed
from kernel.law.editions import Edition
from kernel.law.plan import Plan
from services.licensing.domain.application import Application
from services.licensing.domain.papers import Paper
from services.licensing.domain.step import Step

Words = dict[str, str]
DAY = timedelta(days=1)


def show_tracked(
    application: Application,
    steps: Sequence[Step],
    papers: Sequence[Paper],
    edition: Edition,
    calendar: Callable[[str], Calendar],
    now: datetime,
    *,
    training: bool,
) -> Tracked:
    """What the holder of code and PIN is told. LookupError on a draft, which has no code."""
    if application.code is None or application.filing_seq is None or application.lodged_at is None:
        raise LookupError("a draft is not tracked")
    plan = application.law()
    licence = edition.licence_type(application.licence_type)
    awaited = [p for p in papers if p.state is PaperState.MISSING and application.open]
    return Tracked(
        code=application.code,
        status=application.status,
        licence_type=application.licence_type,
        titles=_words(edition, licence.title),
        place=application.filing_seq,
        lodged_at=application.lodged_at,
        conditional=application.conditional,
        pay_by=application.pay_by,
        steps=[
            _step(one, plan, edition, calendar(one.office), now) for one in steps if one.pending
        ],
        missing=[
            TrackedPaper(
                kind=p.kind, titles=_words(edition, edition.paper(p.kind).title), due_at=p.due_at
            )
            for p in awaited
        ],
        licence_code=application.licence_code,
        as_of=now,
        training=training,
    )


def _step(
    step: Step, plan: Plan, edition: Edition, calendar: Calendar, now: datetime
) -> TrackedStep:
    law = plan.step(step.step)
    office = edition.office(step.office)
    day, of, unit = day_of(step, calendar, now)
    return TrackedStep(
        step=step.step,
        titles=_words(edition, law.title),
        agency=step.agency,
        office=step.office,
        office_name=_words(edition, office.title),
        phone=office.phone,
        opened_at=step.opened_at,
        due_at=step.due_at,
        day=day,
        of=of,
        unit=unit.value,
        stopped=step.status is StepStatus.STOPPED,
        if_late=step.silence.value,
        if_late_office=law.silence.to_office,
    )


def day_of(step: Step, calendar: Calendar, now: datetime) -> tuple[int | None, int, Unit]:
    """(which day or hour runs, of how many, counted in what); None while the clock is stopped.

    Of the term that runs now: after an escalation or an extension, of the further time.
    """
    term, due_at = step.term(), step.due_at
    unit, whole = term.allowed.unit, term.allowed.n
    if unit in (Unit.MONTHS, Unit.YEARS):
        unit, whole = Unit.CALENDAR_DAYS, math.ceil(((due_at or now) - term.start) / DAY)
    if due_at is None or step.status is StepStatus.STOPPED:
        return None, whole, unit
    one = timedelta(hours=1) if unit is Unit.HOURS else DAY
    left = math.ceil(elapsed(now, due_at, calendar, unit) / one) if now < due_at else 0
    return max(1, min(whole, whole - left + 1)), whole, unit


def _words(edition: Edition, key: str) -> Words:
    return {str(language): text for language, text in edition.rules.texts.get(key, {}).items()}
