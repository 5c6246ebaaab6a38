"""Carrying a lapse out: the silence rule applied, written down as of its due instant, and told."""

from contracts.licensing.language_cases import DecisionForm
from kernel.events import Event
from kernel.facts import STEP_LAPSED
from kernel.log.leaf import instant
from services.licensing.casework import Casework, step_view
from services.licensing.domain import case_notices
from services.licensing.domain.decision import Decision, instants
from services.licensing.domain.notices import Notice
from services.licensing.domain.silence import ESCALATED, Lapse, lapse
from services.licensing.domain.step import Step


def carry_out_lapse(case: Casework, step: Step) -> Event:
    """Apply the step's silence rule; the fact counts from the due instant, whenever it is written.

    ValueError where no time is running.
    """
    law = case.law(step.step)
    lapsed = lapse(step, law, case.calendar)
    event = case.record(
        STEP_LAPSED,
        {
            **step_view(step),
            "due_at": instant(lapsed.due_at),
            "rule": lapsed.rule.value,
            "effect": lapsed.effect,
            "office": step.office,
            "former_office": lapsed.former,
            "article": law.silence.article,
            "new_due_at": instant(step.due_at) if step.pending and step.due_at else None,
            "new_warn_at": instant(step.warn_at) if step.pending and step.warn_at else None,
        },
        _told(case, step, lapsed),
        legal_at=lapsed.due_at,
    )
    if lapsed.outcome is not None:
        _deem(case, step, lapsed, event)
    case.keep_days(event.at)
    return event


def _told(case: Casework, step: Step, lapsed: Lapse) -> list[Notice]:
    law, calendar = case.law(step.step), case.calendar(step.office)
    if step.pending:
        offices = (lapsed.former, step.office)
        if lapsed.effect != ESCALATED or step.due_at is None:
            return []  # while no clock runs nobody has a day: they are told when it runs again
        return case_notices.step_moved(
            case.application, law, case.edition, offices, step.due_at, calendar
        )
    return case_notices.step_lapsed(case.application, law, case.edition, step.office, lapsed.rule)


def _deem(case: Casework, step: Step, lapsed: Lapse, event: Event) -> None:
    """A deemed answer is an answer of nobody, with the article that makes it one."""
    if lapsed.outcome is None:
        raise ValueError("nothing is deemed here")
    deemed = Decision(
        id=case.work.new_id(),
        application_id=case.id,
        step=step.step,
        round=step.round,
        form=DecisionForm.DEEMED,
        outcome=lapsed.outcome,
        office=step.office,
        article=case.law(step.step).silence.article,
        made_at=lapsed.due_at,
        recorded_at=event.at,
        effective_at=lapsed.due_at,
    )
    made = instants(deemed, case.edition.rules.decision, case.calendar(step.office), public=True)
    made.effective_at = lapsed.due_at
    case.work.session.add(made)
