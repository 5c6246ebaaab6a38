"""A step in hand: case and step locked, power checked, version compared, silence settled."""

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from chassis.versions import must_match
from contracts.licensing.language import Act
from kernel.authority import Power
from kernel.law.plan import StepPlan
from kernel.log.canonical import JSON
from services.licensing.answering import must_take_part, settle_silence
from services.licensing.casework import Casework, take_case
from services.licensing.desk import Desk
from services.licensing.domain.decision import must_be_for_an_office
from services.licensing.domain.field import FieldNote, must_lie_between
from services.licensing.domain.step import Step


@dataclass(frozen=True, slots=True)
class AtStep:
    """Where a person's request goes: application (id or code) and step, as seen in a version."""

    ref: str
    step: str
    seen: int


def take_step(
    work: UnitOfWork, desk: Desk, place: AtStep, power: Power, act: Act
) -> tuple[Casework, Step, StepPlan]:
    """For an officer with `power` at the step's office. Locks the case and the step.

    Raises NotFound, NotAllowed, NotAnAnswer, Stale, StepNotOpen, NotInThisStatus,
    AnsweredBySilence.
    """
    case = take_case(work, desk, place.ref)
    law = case.law(place.step)
    step = case.steps.take(case.id, law.id)
    work.actor.must(power, step.office, work.now)
    must_be_for_an_office(law)
    must_match(place.seen, step.version, **step.told())
    case.application.must_allow(act)
    step.must_be_pending()
    settle_silence(case, step)
    work.actor.must(power, step.office, work.now)
    must_take_part(case, step)
    return case, step, law


def write_note(
    case: Casework, step: Step, note: FieldNote, fact: str, told: dict[str, JSON]
) -> None:
    """Keep an officer's words: the log commits to them, the fact tells what is not personal.

    The day of the work is one of the office's calendar, from the lodgement on and not after today.
    Raises BeforeLodgement, NotYet.
    """
    calendar, lodged_at = case.calendar(step.office), case.application.lodged_at or case.work.now
    lodged_on, today = (calendar.local(at).date() for at in (lodged_at, case.work.now))
    must_lie_between(note.done_on, lodged_on, today)
    case.work.session.add(note)
    words: dict[str, JSON] = {
        "text": note.text,
        "done_on": note.done_on.isoformat(),
        "people": note.people,
        "languages": list(note.languages),
        "person": note.person,
    }
    leaf = case.work.append(fact, case.id, words)
    about: dict[str, JSON] = {"step": note.step, "round": note.round}
    case.record(fact, {**about, **told}, leaf=leaf)
