"""Begin the issuance: every step is over, the licence is to be made by its own workflow."""

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Act, Status
from contracts.procedures import Ack, Tell
from kernel.commands import Command
from kernel.facts import ISSUANCE_REQUESTED
from services.licensing.casework import take_case
from services.licensing.desk import Desk
from services.licensing.domain.licence import Issuance
from services.licensing.domain.step import StepsNotOver


def begin_issuance(work: UnitOfWork, desk: Desk, command: Command) -> Ack:
    """Ask for the licence of a case whose steps are all over.

    Raises NotInThisStatus, StepsNotOver, and PapersOutstanding where silence approved without a
    curable paper.
    """
    case = take_case(work, desk, command.application_id)
    case.application.must_allow(Act.BEGIN_ISSUANCE)
    if waiting := [step.step for step in case.steps.pending(case.id)]:
        raise StepsNotOver("They are answered first", steps=waiting)
    case.must_be_cured()
    asked = Issuance(
        id=work.new_id(),
        application_id=case.id,
        round=command.round,
        requested_at=work.now,
        trace=command.trace,
    )
    work.session.add(asked)
    case.application.status = Status.ISSUING
    case.application.changed(work.now)
    event = case.record(
        ISSUANCE_REQUESTED,
        {"issuance": str(asked.id), "round": asked.round},
        tell=[Tell.issuance(asked.id)],
    )
    return Ack(seq=event.seq)
