"""What follows when a step is over: the next steps, the issuance, or the end of the case."""

from datetime import datetime

from kernel.commands import Operation
from kernel.law.plan import FeeBefore, GroundRule, OnRefusal, StepKind, StepPlan
from workflows.engine.state import AreaStatus, InvoiceStatus, StepState, StepStatus
from workflows.engine.turn import CASE, Turn

REFUSALS = ("refused", "deemed-refused")


def finish(turn: Turn, step_id: str, outcome: str, at: datetime) -> None:
    """The step is over with `outcome`; what comes next is reckoned from `at`. Once only."""
    if turn.state.steps[step_id].over:
        return
    step, law = turn.step(step_id), turn.law(step_id)
    step.status, step.outcome, step.done_at = StepStatus.DONE, outcome, at
    step.ask_at, step.requests = None, ()
    if outcome in REFUSALS and refuses_the_application(law):
        close(turn, "refused", f"step:{step_id}", at)
        return
    if law.kind is StepKind.FEE and law.conditional and turn.state.conditional:
        confirm_place(turn, at)
    go_on(turn, at)


def refuses_the_application(law: StepPlan) -> bool:
    return law.kind is StepKind.DECISION or law.on_refusal is OnRefusal.REFUSE_APPLICATION


def go_on(turn: Turn, at: datetime) -> None:
    """Open every step whose predecessors are over; when all are, have the licence issued."""
    if turn.state.ended:
        return
    waiting = False
    for law in turn.plan.steps:
        step = turn.state.steps[law.id]
        if not step.over:
            waiting = True
            if step.status is StepStatus.WAITING and not step.asked:
                _open_when_ready(turn, law)
    if not waiting and turn.state.issuance is None and turn.state.licence_code is None:
        begin_issuance(turn, at)


def _open_when_ready(turn: Turn, law: StepPlan) -> None:
    state = turn.state
    before = [state.steps[name] for name in law.after if name in state.steps]
    if not all(step.over for step in before) or state.lodgement is None:
        return
    ends = [step.done_at for step in before if step.done_at is not None]
    open_step(turn, law.id, 1, max(ends, default=state.lodgement.at))


def open_step(turn: Turn, step_id: str, round: int, opens_at: datetime) -> None:
    """Have the step opened in `round`; its time runs from `opens_at`."""
    step: StepState = turn.step(step_id)
    step.asked, step.round = True, round
    args: dict[str, object] = {"step": step_id, "round": round, "opens_at": opens_at.isoformat()}
    turn.ask(Operation.OPEN_STEP, step_id, round, opens_at, args)


def begin_issuance(turn: Turn, at: datetime) -> None:
    turn.state.issuance_round += 1
    ask_for_issuance(turn, at)


def ask_for_issuance(turn: Turn, at: datetime) -> None:
    """Also again after a refusal: by the same key, so that however often asked, it begins once."""
    turn.state.issuance = "asked"
    turn.ask(Operation.BEGIN_ISSUANCE, CASE, turn.state.issuance_round, at, {}, "1")


def confirm_place(turn: Turn, at: datetime) -> None:
    """The conditional place was paid for: the receipt and the application area now count."""
    turn.state.conditional = False
    if turn.plan.fee_before is FeeBefore.RECEIPT:
        turn.ask(Operation.CONFIRM_RECEIPT, CASE, 0, at, {})
    enter_area(turn, at)


def enter_area(turn: Turn, at: datetime) -> None:
    """Ask for the application area, or, a second time, for its condition to be taken off it."""
    state, lodged = turn.state, turn.state.lodgement
    if lodged is None or not lodged.has_ground:
        return
    if turn.plan.ground is not GroundRule.EXCLUSIVE_AREA:
        return
    if state.area is AreaStatus.NONE:
        state.area = AreaStatus.ASKED
    args: dict[str, object] = {
        "filing_seq": lodged.filing_seq,
        "lodged_at": lodged.at.isoformat(),
        "conditional": state.conditional,
        "licence_type": turn.plan.licence_type,
        "minerals": list(lodged.minerals),
    }
    turn.ask(Operation.ENTER_AREA, CASE, 0, at, args)


def close(turn: Turn, status: str, reason: str, at: datetime) -> None:
    """Have the case closed, after what it holds was given back. The first reason stands."""
    if turn.state.ended:
        return
    if status != "granted":
        wind_up(turn, status, at)
    turn.state.closing = status
    turn.ask(Operation.CLOSE_CASE, CASE, 0, at, {"status": status, "reason": reason})


def wind_up(turn: Turn, reason: str, at: datetime) -> None:
    """Void the invoices that can still be paid and release the application area. Once only."""
    for step in list(turn.state.steps.values()):
        if step.invoice in (InvoiceStatus.ASKED, InvoiceStatus.OPEN):
            void_invoice(turn, step.id, reason, at)
    if turn.state.area in (AreaStatus.ASKED, AreaStatus.ENTERED, AreaStatus.GRANTED):
        release_area(turn, reason, at)


def void_invoice(turn: Turn, step_id: str, reason: str, at: datetime) -> None:
    step = turn.state.steps[step_id]
    if turn.state.ordinals.get(f"{step_id}:{step.round}:{Operation.VOID_INVOICE.value}"):
        return
    args: dict[str, object] = {"step": step_id, "round": step.round, "reason": reason}
    turn.ask(Operation.VOID_INVOICE, step_id, step.round, at, args)


def release_area(turn: Turn, reason: str, at: datetime) -> None:
    if turn.state.ordinals.get(f"{CASE}:0:{Operation.RELEASE_AREA.value}"):
        return
    turn.ask(Operation.RELEASE_AREA, CASE, 0, at, {"reason": reason})
