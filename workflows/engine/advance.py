"""The engine: from a plan, a state and a fact to the next state and what is to be asked of whom."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from kernel.commands import Command, Operation
from kernel.law.plan import Plan
from workflows.engine.case_facts import CASE_FACTS
from workflows.engine.paper_facts import PAPER_FACTS
from workflows.engine.state import CaseState
from workflows.engine.step_facts import STEP_FACTS
from workflows.engine.timers import next_wake, tick
from workflows.engine.turn import CASE, Fact, Turn

__all__ = ["JournalHasGap", "advance", "next_wake", "refold", "replay"]

FACTS: Final = CASE_FACTS | STEP_FACTS | PAPER_FACTS

NOTHING: Final[tuple[Command, ...]] = ()


class JournalHasGap(ValueError):
    """A fact was handed over before one with a lower number; the inbox keeps them in order."""


def advance(
    plan: Plan, state: CaseState, fact: Fact | None, now: datetime
) -> tuple[CaseState, tuple[Command, ...]]:
    """Fold one fact, or, without a fact, do what is due at `now`.

    Pure: the same arguments give the same state and the same commands with the same keys; the
    given state is left as it is. A fact that was folded before changes nothing. A fact the engine
    does not know is noted. Raises JournalHasGap when an earlier fact is missing.
    """
    if fact is None:
        wake = next_wake(state)
        if wake is None or wake > now:
            return state, NOTHING
        turn = Turn(plan, state)
        tick(turn, now)
        return turn.state, tuple(turn.commands)
    if fact.seq <= state.last_seq:
        return state, NOTHING
    if fact.seq != state.last_seq + 1:
        raise JournalHasGap(f"fact {fact.seq} came after fact {state.last_seq}")
    return _fold(Turn(plan, state, fact.trace), fact)


def _fold(turn: Turn, fact: Fact) -> tuple[CaseState, tuple[Command, ...]]:
    state = turn.state
    state.last_seq = fact.seq
    if state.newest_at is None or fact.at > state.newest_at:
        state.newest_at = fact.at
    change = FACTS.get(fact.name)
    if change is None:
        turn.note(f"{fact.seq} {fact.name}: not known to this engine")
    else:
        change(turn, fact)
    notices = fact.payload.get("notices")
    if isinstance(notices, list):
        _send(turn, fact, notices)
    return state, tuple(turn.commands)


def _send(turn: Turn, fact: Fact, notices: list[object]) -> None:
    for notice in notices:
        if not isinstance(notice, dict):
            turn.note(f"{fact.seq} {fact.name}: a notice that is none")
            continue
        turn.state.notices_under_way += 1
        args = {"case": str(turn.state.application), **notice}
        turn.ask(Operation.SEND_NOTICE, CASE, 0, fact.legal_at, args)


def replay(plan: Plan, application: UUID, journal: Iterable[Fact], upto: int) -> CaseState:
    """The state after the facts up to number `upto`, whose commands were carried out before."""
    return refold(plan, application, journal, upto)[0]


def refold(
    plan: Plan, application: UUID, journal: Iterable[Fact], upto: int
) -> tuple[CaseState, list[Command]]:
    """The same, with these commands: not all of them were carried out, some were refused."""
    state, asked = CaseState.new(plan, application), list[Command]()
    for fact in journal:
        if fact.seq <= upto:
            state, commands = advance(plan, state, fact, fact.at)
            asked += commands
    return state, asked
