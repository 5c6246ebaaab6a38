"""What time alone brings about: warnings, proposals to lapse, and when the next one comes."""

from datetime import datetime, timedelta

from kernel.commands import Command, Operation
from kernel.law.plan import Plan
from kernel.term import GRACE
from workflows.engine.state import CaseState, StepState, StepStatus
from workflows.engine.turn import Turn

ASK_AGAIN = tuple(timedelta(hours=hours) for hours in (1, 2, 4, 8, 24))
"""A proposal that was acknowledged but brought no fact is repeated, ever more rarely."""

PAUSE = timedelta(seconds=1)
"""The least wait after "too early"."""


def first_ask(due_at: datetime | None) -> datetime | None:
    return None if due_at is None else due_at + GRACE


def next_wake(state: CaseState) -> datetime | None:
    """The earliest instant at which time alone brings something about; None while nothing waits."""
    wake: datetime | None = None
    if state.ended:
        return wake
    for step in state.steps.values():
        at = _wake_of(step)
        if at is not None and (wake is None or at < wake):
            wake = at
    return wake


def _wake_of(step: StepState) -> datetime | None:
    if step.status is StepStatus.OPEN and not step.fee:
        if step.warned or step.warn_at is None:
            return step.ask_at
        return step.warn_at if step.ask_at is None else min(step.warn_at, step.ask_at)
    if step.status is StepStatus.STOPPED:
        asks = [r.ask_at for r in step.requests if r.ask_at is not None]
        return min(asks, default=None)
    return None


def tick(turn: Turn, now: datetime) -> None:
    """Ask for what is due at `now`. Fees are not among it: payments can ask the provider first."""
    if turn.state.ended:
        return
    for step in list(turn.state.steps.values()):
        at = _wake_of(step)
        if at is None or at > now:
            continue
        if step.status is StepStatus.STOPPED:
            _propose_request_lapses(turn, turn.step(step.id), now)
        else:
            _warn_or_lapse(turn, turn.step(step.id), now)


def _warn_or_lapse(turn: Turn, step: StepState, now: datetime) -> None:
    if step.due_at is None:
        step.warned = True
        return
    due_at = step.due_at.isoformat()
    args: dict[str, object] = {"step": step.id, "round": step.round, "due_at": due_at}
    if step.ask_at is not None and step.ask_at <= now:
        n = _ordinal(step.timing, step.attempt)
        step.ask_at, step.attempt, step.warned = None, step.attempt + 1, True
        turn.ask(Operation.LAPSE_STEP, step.id, step.round, step.due_at, args, n)
    elif step.warn_at is not None:
        step.warned = True
        turn.ask(Operation.WARN_STEP, step.id, step.round, step.warn_at, args, str(step.timing))


def _propose_request_lapses(turn: Turn, step: StepState, now: datetime) -> None:
    step.requests = tuple(request.copy() for request in step.requests)
    for request in step.requests:
        due_at = request.reply_due_at
        if due_at is None or request.ask_at is None or request.ask_at > now:
            continue
        n = _ordinal(request.ordinal, request.attempt)
        request.ask_at, request.attempt = None, request.attempt + 1
        args: dict[str, object] = {
            "step": step.id,
            "round": step.round,
            "request": request.id,
            "due_at": due_at.isoformat(),
        }
        turn.ask(Operation.LAPSE_REQUEST, step.id, step.round, due_at, args, n)


def _ordinal(of: int, attempt: int) -> str:
    """`2`: the second due instant (or request) of the round; `2.1`: proposed for it once more.

    Both parts are known from the journal or begin afresh with a run, so a run that begins afresh
    names its proposals as an earlier one did.
    """
    return f"{of}.{attempt}" if attempt else str(of)


def answered(
    plan: Plan, state: CaseState, command: Command, not_before: datetime | None, now: datetime
) -> CaseState:
    """The state after a service acknowledged `command`: when to propose the same again, if ever.

    `not_before` is the service's word that it was asked too early. Other commands change nothing.
    """
    if command.operation not in (Operation.LAPSE_STEP, Operation.LAPSE_REQUEST):
        return state
    turn = Turn(plan, state)
    step = turn.step(command.subject)
    if command.operation is Operation.LAPSE_REQUEST:
        step.requests = tuple(request.copy() for request in step.requests)
        for request in step.requests:
            if request.id == command.args.get("request") and request.ask_at is None:
                request.ask_at = _when(not_before, now, request.attempt)
    elif _same_due(step, command) and step.ask_at is None:
        step.ask_at = _when(not_before, now, step.attempt)
    return turn.state


def _when(not_before: datetime | None, now: datetime, attempts: int) -> datetime:
    """A service whose clock runs behind ours is left a moment, or it would be asked in a circle."""
    return again(now, attempts) if not_before is None else max(not_before, now + PAUSE)


def again(now: datetime, attempts: int) -> datetime:
    """When to propose once more what `attempts` proposals have not brought about."""
    return now + ASK_AGAIN[min(max(attempts, 1), len(ASK_AGAIN)) - 1]


def _same_due(step: StepState, command: Command) -> bool:
    if step.status is not StepStatus.OPEN or step.due_at is None or step.round != command.round:
        return False
    return step.due_at.isoformat() == command.args.get("due_at")
