"""Answering a step: who may, what must have been done before, and how the answer is written."""

from dataclasses import dataclass
from datetime import datetime

from contracts.licensing.language import Act, Outcome, StepStatus
from contracts.licensing.language_cases import DecisionForm, RequestStatus
from kernel.facts import STEP_DECIDED
from kernel.law.plan import StepKind, StepPlan
from services.licensing.casework import Casework, step_view
from services.licensing.domain import case_notices
from services.licensing.domain.decision import (
    AnsweredBySilence,
    Decision,
    instants,
    must_be_compatible,
    must_be_uninvolved,
    must_decide,
    must_have_seen,
)
from services.licensing.domain.silence import may_lapse
from services.licensing.domain.step import Step
from services.licensing.silence_kept import carry_out_lapse
from services.licensing.store.applications import Applications
from services.licensing.store.parties import Parties


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered. `made_at` is the signed date of a paper; None: now."""

    outcome: Outcome
    form: DecisionForm
    reasons: str | None = None
    made_at: datetime | None = None
    recorded_by: str | None = None
    signatory: str | None = None
    scan: str | None = None


def settle_silence(case: Casework, step: Step) -> None:
    """Where the time is over already, the silence rule is applied first, in this transaction.

    A chain of rules is followed as far as the time has come. Raises AnsweredBySilence where the
    law then has its answer; under rules that escalate or extend the step stays open and the answer
    is taken as a late one.
    """
    lapsed = False
    while may_lapse(step, case.work.now):
        carry_out_lapse(case, step)
        lapsed = True
    if lapsed and not step.pending:
        raise AnsweredBySilence("The answer came after the time was over", **step.told())


def must_take_part(case: Casework, step: Step) -> None:
    """Raise TakesNoPart for the applicant's side and for those with an interest in it.

    To that side belongs who filed at a counter, registered the party or put a paper for it.
    """
    session, application = case.work.session, case.application
    party = Parties(session).get(application.party_id)
    today = case.desk.law.today(case.work.now)
    involved = set(Parties(session).interested(party.id, today))
    involved |= {d.uploaded_by for d in Applications(session).documents(case.id)}
    filed = (application.applicant, application.helper, party.helper)
    must_be_uninvolved(case.work.actor.person, involved | {one for one in filed if one})


def answer(case: Casework, step: Step, law: StepPlan, given: Answer) -> Decision:
    """Write the answer of one step: the row, the fact, the notices, the end of its clock.

    The caller has locked the step and compared its version. Raises StepNotOpen, NotAllowed,
    TakesNoPart, AnsweredBefore, VisitNeeded, OccupantsNotTold, PapersOutstanding,
    AnsweredBySilence.
    """
    work, person = case.work, case.work.actor.person
    case.application.must_allow(Act.DECIDE_STEP)
    step.must_be_pending()
    office = step.office if given.form is DecisionForm.PAPER else None
    office = office or must_decide(step, law, work.actor, work.now)
    must_take_part(case, step)
    answered = [(d.step, d.person) for d in case.steps.decisions(case.id) if d.person]
    must_be_compatible(law, case.plan, answered, person or "")
    must_have_seen(step, law, given.outcome)
    if law.kind is StepKind.DECISION and given.outcome is Outcome.APPROVED:
        case.must_be_cured()
    settle_silence(case, step)
    return _write(case, step, law, given, office)


def _write(case: Casework, step: Step, law: StepPlan, given: Answer, office: str) -> Decision:
    work, made_at = case.work, given.made_at or case.work.now
    late = step.first_due_at is not None and step.silence_stage > 0 and made_at > step.first_due_at
    event = case.record(
        STEP_DECIDED,
        {
            **step_view(step),
            "outcome": given.outcome.value,
            "late": late,
            "office": office,
            "form": given.form.value,
            "signatory": given.signatory,
        },
        case_notices.step_answered(case.application, law, case.edition, given.outcome),
        legal_at=min(made_at, work.now),
    )
    made = _decision(case, step, given, office, late)
    made.recorded_at = made.effective_at = event.at
    rules, calendar = case.edition.rules.decision, case.calendar(step.office)
    work.session.add(instants(made, rules, calendar, public=True))
    moot = case.steps.open_request(step)
    if moot is not None:
        moot.end(RequestStatus.MOOT, event.at)
        step.resumed(work.now)
    step.late, step.warn_at = late, None
    step.end(StepStatus.DECIDED, given.outcome, event.at)
    step.changed()
    case.keep_days(event.at)
    return made


def _decision(case: Casework, step: Step, given: Answer, office: str, late: bool) -> Decision:
    now = case.work.now
    return Decision(
        id=case.work.new_id(),
        application_id=case.id,
        step=step.step,
        round=step.round,
        form=given.form,
        outcome=given.outcome,
        office=office,
        person=case.work.actor.person,
        recorded_by=given.recorded_by,
        reasons=given.reasons,
        article=case.law(step.step).article,
        late=late,
        signatory=given.signatory,
        scan=given.scan,
        made_at=given.made_at or now,
        recorded_at=now,
        effective_at=now,
    )
