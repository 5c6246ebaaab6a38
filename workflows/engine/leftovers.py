"""What a case still owes: to others after its end, and what was refused and is asked again."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from kernel import facts
from kernel.commands import Command, Operation
from kernel.law.plan import Plan
from workflows.engine.advance import advance
from workflows.engine.state import CaseState
from workflows.engine.turn import CASE, Fact

SETTLES: Final = {
    facts.NOTICE_SENT: (Operation.SEND_NOTICE, "notice"),
    facts.NOTICE_FAILED: (Operation.SEND_NOTICE, "notice"),
    facts.INVOICE_VOIDED: (Operation.VOID_INVOICE, "step"),
    facts.INVOICE_PAID: (Operation.VOID_INVOICE, "step"),
    facts.INVOICE_EXPIRED: (Operation.VOID_INVOICE, "step"),
}
"""The facts by which a command's effect is seen, and the member that says of what."""

OWED: Final = (Operation.SEND_NOTICE, Operation.VOID_INVOICE, Operation.RELEASE_AREA)
"""What is still done for a closed case; its keys make a repeat harmless."""


def leftovers(
    plan: Plan, application: UUID, journal: Iterable[Fact], now: datetime
) -> tuple[CaseState, list[Command]]:
    """Fold a closed case; keep the commands that give back or tell and had no effect yet."""
    state, asked, seen = CaseState.new(plan, application), list[Command](), list[object]()
    for fact in journal:
        state, commands = advance(plan, state, fact, now)
        asked += [command for command in commands if command.operation in OWED]
        if fact.name in SETTLES:
            operation, member = SETTLES[fact.name]
            seen.append((operation, fact.payload.get(member)))
        elif fact.name == facts.AREA_RELEASED:
            seen.append((Operation.RELEASE_AREA, CASE))
    return state, [command for command in asked if _effect(command) not in seen]


def _effect(command: Command) -> tuple[Operation, object]:
    if command.operation is Operation.SEND_NOTICE:
        return command.operation, command.args.get("notice")
    return command.operation, command.subject


def refused_in(journal: Iterable[Fact]) -> set[object]:
    """The keys of the commands whose refusal is journalled: asked again when the case looks again.

    One that was carried out meanwhile answers as it answered then.
    """
    return {event.payload.get("key") for event in journal if event.name == facts.COMMAND_REFUSED}
