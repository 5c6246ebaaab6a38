"""Hand a step over to another office of the same agency; its time runs on."""

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Act, StepStatus
from contracts.licensing.language_cases import NoteKind
from contracts.licensing.wire_steps import HandOver
from kernel.authority import Power
from kernel.facts import STEP_HANDED_OVER
from services.licensing.at_step import AtStep, take_step
from services.licensing.casework import step_view
from services.licensing.desk import Desk
from services.licensing.domain.case_notices import step_opened
from services.licensing.domain.field import FieldNote, OfficeNotOfAgency
from services.licensing.domain.step import Step


def hand_over_step(work: UnitOfWork, desk: Desk, place: AtStep, over: HandOver) -> Step:
    """Give the step to `over.office`. Raises OfficeNotOfAgency, NoSuchLaw."""
    case, step, law = take_step(work, desk, place, Power.RECORD_STEP, Act.HAND_OVER_STEP)
    former = step.office
    if case.edition.office(over.office).agency != step.agency or over.office == former:
        raise OfficeNotOfAgency("Name another office of the same agency", agency=step.agency)
    step.office = over.office
    if step.status is StepStatus.OPEN:
        step.hold(step.office_at_work, work.now)
    step.changed()
    note = FieldNote(
        id=work.new_id(),
        application_id=case.id,
        step=step.step,
        round=step.round,
        kind=NoteKind.HANDOVER,
        done_on=desk.law.today(work.now),
        text=over.reason,
        person=work.actor.person or "",
        at=work.now,
    )
    work.session.add(note)
    notices = []
    if step.due_at is not None:
        calendar = case.calendar(step.office)
        notices = step_opened(
            case.application, law, case.edition, step.office, step.due_at, calendar, desk.public_url
        )
    leaf = work.append(STEP_HANDED_OVER, case.id, {"reason": over.reason, "office": over.office})
    event = case.record(
        STEP_HANDED_OVER,
        {**step_view(step), "office": step.office, "former_office": former},
        notices,
        leaf=leaf,
    )
    case.keep_days(event.at)
    return step
