"""Record a visit to the ground: when, what was found, how many people work there."""

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Act
from contracts.licensing.language_cases import NoteKind
from contracts.licensing.wire_steps import VisitMade
from kernel.authority import Power
from kernel.facts import STEP_VISITED
from kernel.log.canonical import JSON
from services.licensing.at_step import AtStep, take_step, write_note
from services.licensing.desk import Desk
from services.licensing.domain.field import FieldNote
from services.licensing.domain.step import Step


def record_visit(work: UnitOfWork, desk: Desk, place: AtStep, made: VisitMade) -> Step:
    """Write the visit down; the step may then be approved. Raises BeforeLodgement, NotYet."""
    case, step, _ = take_step(work, desk, place, Power.RECORD_STEP, Act.RECORD_VISIT)
    step.visited_at = work.now
    step.changed()
    note = FieldNote(
        id=work.new_id(),
        application_id=case.id,
        step=step.step,
        round=step.round,
        kind=NoteKind.VISIT,
        done_on=made.visited_on,
        text=made.findings,
        people=made.people,
        person=work.actor.person or "",
        at=work.now,
    )
    told: dict[str, JSON] = {"visited_on": made.visited_on.isoformat(), "people": made.people}
    write_note(case, step, note, STEP_VISITED, told)
    return step
