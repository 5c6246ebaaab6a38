"""Return a case from its issuance: the licence could not be issued, the decision opens again."""

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Act, Status
from contracts.licensing.language_cases import IssuanceStatus
from contracts.procedures import Ack, ReturnFromIssuance
from kernel.facts import ISSUANCE_RETURNED
from kernel.law.plan import StepKind
from services.licensing.acts.reserve_licence_code import must_be_under_way
from services.licensing.casework import take_case
from services.licensing.desk import Desk
from services.licensing.domain.case_notices import to_office, words
from services.licensing.store.licences import Licences


def return_from_issuance(work: UnitOfWork, desk: Desk, asked: ReturnFromIssuance) -> Ack:
    """Journal why, and name the step and round that are asked next. Raises NotInThisStatus.

    The detail is what the refusing service said for a person to act on: which zone, whose consent.
    """
    case = take_case(work, desk, asked.application_id)
    case.application.must_allow(Act.RETURN_FROM_ISSUANCE)
    issuance = must_be_under_way(Licences(work.session).issuance(asked.subject))
    issuance.status, issuance.ended_at = IssuanceStatus.RETURNED, work.now
    issuance.problem = asked.problem
    case.application.status = Status.LODGED
    case.application.changed(work.now)
    step = [law for law in case.plan.steps if law.kind is StepKind.DECISION][-1]
    reason = ": ".join(one for one in (words(asked.problem), asked.detail) if one)
    event = case.record(
        ISSUANCE_RETURNED,
        {
            "issuance": str(issuance.id),
            "round": issuance.round,
            "problem": asked.problem,
            "detail": asked.detail,
            "step": step.id,
            "round_of_step": case.steps.newest_round(case.id, step.id) + 1,
        },
        to_office(case.application, "office-issuance-returned", step.office, reason=reason),
    )
    return Ack(seq=event.seq)
