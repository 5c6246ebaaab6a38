"""Record a refusal: a service would not do what the case needs; its office hears that it waits."""

from typing import Final

from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Ack, RefusedCommand
from kernel.commands import Operation
from kernel.facts import COMMAND_REFUSED
from services.licensing.casework import Casework, take_case
from services.licensing.desk import Desk
from services.licensing.domain.case_notices import to_office, words
from services.licensing.domain.notices import Notice
from services.licensing.domain.status import CLOSED
from services.licensing.store.foreign import ForeignFacts

OWED: Final = (Operation.RELEASE_AREA, Operation.VOID_INVOICE, Operation.SEND_NOTICE)
"""What is still to be done for a case that has ended; other refusals are then of no account."""


def record_refusal(work: UnitOfWork, desk: Desk, refused: RefusedCommand) -> Ack:
    """Journal it once. Ground that was never entered keeps no later application waiting."""
    case = take_case(work, desk, refused.application_id)
    if case.application.status in CLOSED and refused.operation not in OWED:
        return Ack()
    if refused.operation is Operation.ENTER_AREA:
        ForeignFacts(work.session).never_entered(case.id, work.now)
    event = case.record(
        COMMAND_REFUSED,
        {
            "key": refused.key,
            "operation": refused.operation.value,
            "subject": refused.subject,
            "round": refused.round,
            "problem": refused.problem,
        },
        _notices(case, refused),
    )
    return Ack(seq=event.seq)


def _notices(case: Casework, refused: RefusedCommand) -> list[Notice]:
    """None about a notice: it would be refused as well."""
    office = case.application.office
    if refused.operation is Operation.SEND_NOTICE or office is None:
        return []
    task = refused.operation.value.replace("_", " ")
    reason = words(refused.problem)
    return to_office(case.application, "office-command-refused", office, task=task, reason=reason)
