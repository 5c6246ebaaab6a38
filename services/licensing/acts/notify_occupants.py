"""Notify occupants: those at work on the ground were told of the application, and how."""

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Act
from contracts.licensing.language_cases import NoteKind
from contracts.licensing.wire_steps import OccupantsTold
from kernel.authority import Power
from kernel.facts import OCCUPANTS_NOTIFIED
from kernel.log.canonical import JSON
from services.licensing.at_step import AtStep, take_step, write_note
from services.licensing.desk import Desk
from services.licensing.domain.field import FieldNote
from services.licensing.domain.step import Step


def notify_occupants(work: UnitOfWork, desk: Desk, place: AtStep, told: OccupantsTold) -> Step:
    """Write the notice and its delivery down: occupants have no account that could be messaged.

    Raises BeforeLodgement, NotYet.
    """
    case, step, _ = take_step(work, desk, place, Power.RECORD_STEP, Act.RECORD_VISIT)
    step.occupants_notified_at = work.now
    step.changed()
    note = FieldNote(
        id=work.new_id(),
        application_id=case.id,
        step=step.step,
        round=step.round,
        kind=NoteKind.OCCUPANTS_NOTICE,
        done_on=told.told_on,
        text=told.how,
        people=told.people,
        languages=list(told.languages),
        person=work.actor.person or "",
        at=work.now,
    )
    fact: dict[str, JSON] = {
        "told_on": told.told_on.isoformat(),
        "people": told.people,
        "languages": list(told.languages),
    }
    write_note(case, step, note, OCCUPANTS_NOTIFIED, fact)
    return step
