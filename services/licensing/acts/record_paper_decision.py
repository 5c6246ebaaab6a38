"""Record a paper decision: a signed paper typed in, without effect until it is confirmed."""

from datetime import datetime, time

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Act
from contracts.licensing.wire_steps import PaperDecisionMade
from kernel.authority import Power
from kernel.facts import PAPER_DECISION_RECORDED
from services.licensing.at_step import AtStep, take_step
from services.licensing.casework import Casework, step_view
from services.licensing.desk import Desk
from services.licensing.domain.decision import PaperDecision
from services.licensing.domain.field import NotFromPaper, PaperDates, PaperWaits, Scan, ScanMissing
from services.licensing.domain.step import Step


def record_paper_decision(
    work: UnitOfWork, desk: Desk, place: AtStep, made: PaperDecisionMade
) -> tuple[Step, PaperDecision]:
    """Type a signed paper in. Raises NotFromPaper, ScanMissing, PaperDates, PaperWaits."""
    case, step, law = take_step(
        work, desk, place, Power.RECORD_PAPER_DECISION, Act.RECORD_PAPER_DECISION
    )
    if not law.from_paper or made.signatory not in law.signatories:
        raise NotFromPaper("See who signs here", signatories=list(law.signatories))
    if work.session.get(Scan, (case.id, step.step, made.scan)) is None:
        raise ScanMissing("Put the scan, then name it by its hash")
    if any(p.confirmed_at is None and not p.rejected for p in case.steps.papers(step)):
        raise PaperWaits("One paper at a time")
    paper = PaperDecision(
        id=work.new_id(),
        application_id=case.id,
        step=step.step,
        round=step.round,
        outcome=made.outcome,
        reasons=made.reasons,
        signatory=made.signatory,
        signed_on=made.signed_on,
        signed_at=_signed_at(case, step, made),
        scan=made.scan,
        recorded_by=work.actor.person or "",
        recorded_at=work.now,
    )
    work.session.add(paper)
    step.changed()
    told = {
        **step_view(step),
        "paper": str(paper.id),
        "outcome": made.outcome.value,
        "signatory": made.signatory,
        "signed_on": made.signed_on.isoformat(),
        "scan": made.scan,
    }
    leaf = work.append(PAPER_DECISION_RECORDED, case.id, {**told, "reasons": made.reasons})
    case.record(PAPER_DECISION_RECORDED, told, leaf=leaf)
    return step, paper


def _signed_at(case: Casework, step: Step, made: PaperDecisionMade) -> datetime:
    """The beginning of the day on the paper, though not before the question was asked."""
    calendar = case.calendar(step.office)
    asked_on = calendar.local(step.opened_at).date()
    if not asked_on <= made.signed_on <= calendar.local(case.work.now).date():
        raise PaperDates("Signed after it was asked and before today ends", asked_on=str(asked_on))
    began = datetime.combine(made.signed_on, time(0), calendar.zone)
    return max(began, step.opened_at)
