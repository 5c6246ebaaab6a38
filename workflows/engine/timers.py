"""What time alone brings about: warnings, proposals to lapse, and when the next one comes."""

from datetime import datetime, timedelta

from kernel.commands import Command, Operation
from kernel.law.plan import Plan
from kernel.term import GRACE
from workflows.engine.state import CaseState, PaperState, StepState, StepStatus
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
    for paper in state.papers.values():
        at = _wake_of_paper(paper)
        if at is not None and (wake is None or at < wake):
            wake = at
    return wake


def _wake_of(step: StepState) -> datetime | None:
    if step.status is StepStatus.OPEN and not step.fee:
        return _next(step)
    if step.status is StepStatus.STOPPED:
        asks = [r.ask_at for r in step.requests if r.ask_at is not None]
        return min(asks, default=None)
    return None


def _wake_of_paper(paper: PaperState) -> datetime | None:
    return None if paper.due_at is None else _next(paper)


def _next(one: StepState | PaperState) -> datetime | None:
    """The warning, until it was given, or the proposal to lapse, whichever comes first."""
    if one.warned or one.warn_at is None:
        return one.ask_at
    return one.warn_at if one.ask_at is None else min(one.warn_at, one.ask_at)


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
    for kind in list(turn.state.papers):
        at = _wake_of_paper(turn.state.papers[kind])
        paper = turn.paper(kind) if at is not None and at <= now else None
        if paper is not None:
            _warn_of_or_lapse(turn, paper, now)


def _warn_of_or_lapse(turn: Turn, paper: PaperState, now: datetime) -> None:
    if paper.due_at is None:
        return
    args: dict[str, object] = {"paper": paper.id, "due_at": paper.due_at.isoformat()}
    paper.warned = True
    if paper.ask_at is not None and paper.ask_at <= now:
        n = _ordinal(paper.timing, paper.attempt)
        paper.ask_at, paper.attempt = None, paper.attempt + 1
        turn.ask(Operation.LAPSE_PAPER, paper.id, 0, paper.due_at, args, n)
    elif paper.warn_at is not None:
        turn.ask(Operation.WARN_PAPER, paper.id, 0, paper.warn_at, args, str(paper.timing))


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
        of = f"{request.ordinal}-{request.moved}" if request.moved else request.ordinal
        n = _ordinal(of, request.attempt)
        request.ask_at, request.attempt = None, request.attempt + 1
        args: dict[str, object] = {
            "step": step.id,
            "round": step.round,
            "request": request.id,
            "due_at": due_at.isoformat(),
        }
        turn.ask(Operation.LAPSE_REQUEST, step.id, step.round, due_at, args, n)


def _ordinal(of: int | str, attempt: int) -> str:
    """`2`: the second due instant (or request) of the round; `2.1`: proposed for it once more.

    `2-1`: the second request, whose due instant has moved once.

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
    if command.operation is Operation.LAPSE_PAPER:
        return _answered_of_paper(Turn(plan, state), command, not_before, now)
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


def _answered_of_paper(
    turn: Turn, command: Command, not_before: datetime | None, now: datetime
) -> CaseState:
    paper = turn.paper(command.subject)
    due_at = paper and paper.due_at and paper.due_at.isoformat()
    if paper is not None and due_at == command.args.get("due_at") and paper.ask_at is None:
        paper.ask_at = _when(not_before, now, paper.attempt)
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
