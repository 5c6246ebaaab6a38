"""What facts about a single step change: opened, answered, moved, stopped, run out."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from kernel import facts
from kernel.commands import Operation
from kernel.law.plan import SilenceRule, StepKind
from workflows.engine.onwards import close, finish
from workflows.engine.state import InvoiceStatus, Request, StepState, StepStatus
from workflows.engine.timers import first_ask
from workflows.engine.turn import Fact, Turn, instant, number, text

CLOSES_AS: Final = {"void": "void", "lapse": "lapsed", "lapsed": "lapsed", "return": "lapsed"}
"""Silence rules that end the case, and the status it then gets."""

GOES_ON: Final = ("extended", "escalated")
"""Effects of silence after which the step still waits, also while no clock runs."""

REFUSES: Final = ("refused", "deemed-refused", "refuse")


def concerned(turn: Turn, fact: Fact) -> StepState | None:
    """The step the fact is about, in its present round; otherwise None, and a note says why."""
    step_id = text(fact.payload, "step")
    if step_id is None or step_id not in turn.state.steps:
        turn.note(f"{fact.seq} {fact.name}: no step {step_id} in the plan")
        return None
    step = turn.step(step_id)
    round = number(fact.payload, "round")
    if round is not None and round != step.round:
        turn.note(f"{fact.seq} {fact.name}: {step_id} is in round {step.round}, not {round}")
        return None
    return step


def retime(step: StepState, fact: Fact, due: str = "due_at", warn: str = "warn_at") -> None:
    """A new due instant begins; warnings and proposals to lapse are counted afresh for it."""
    step.due_at, step.warn_at = instant(fact.payload, due), instant(fact.payload, warn)
    step.timing += 1
    step.warned, step.attempt = False, 0
    step.ask_at = first_ask(step.due_at)
    step.office = text(fact.payload, "office") or step.office


def opened(turn: Turn, fact: Fact) -> None:
    step_id, round = text(fact.payload, "step"), number(fact.payload, "round") or 1
    if step_id in turn.state.steps and round > turn.state.steps[step_id].round:
        later = turn.step(step_id)  # the service opened a round by itself: follow it
        later.status, later.round, later.timing = StepStatus.WAITING, round, 0
    step = concerned(turn, fact)
    if step is None or step.over:
        return
    step.status, step.asked = StepStatus.OPEN, True
    retime(step, fact)
    if turn.law(step.id).kind is StepKind.FEE and step.invoice is InvoiceStatus.NONE:
        _raise_invoice(turn, step, fact)


def _raise_invoice(turn: Turn, step: StepState, fact: Fact) -> None:
    lodged, law = turn.state.lodgement, turn.law(step.id)
    if step.due_at is None:
        return  # all clocks stand still: it is raised when the step is retimed
    if lodged is None or law.fee is None or turn.state.ended:
        turn.note(f"{fact.seq} {fact.name}: no invoice for {step.id}")
        return
    step.invoice = InvoiceStatus.ASKED
    args: dict[str, object] = {
        "step": step.id,
        "round": step.round,
        "fee": law.fee,
        "licence_type": turn.plan.licence_type,
        "due_at": step.due_at.isoformat(),
        "facts": turn.plan.facts,
        "application_code": lodged.code,
    }
    turn.ask(Operation.RAISE_INVOICE, step.id, step.round, fact.legal_at, args)


def warned(turn: Turn, fact: Fact) -> None:
    if (step := concerned(turn, fact)) is not None:
        step.warned = True


def decided(turn: Turn, fact: Fact) -> None:
    """What comes next is reckoned from the recording of the answer: nobody knew it before."""
    if (step := concerned(turn, fact)) is not None:
        finish(turn, step.id, text(fact.payload, "outcome") or "approved", fact.at)


def lapsed(turn: Turn, fact: Fact) -> None:
    """The silence rule was applied; it counts from the due instant, whenever it was recorded."""
    step = concerned(turn, fact)
    if step is None or step.over:
        return
    effect = text(fact.payload, "effect") or text(fact.payload, "rule") or ""
    if effect in GOES_ON or instant(fact.payload, "new_due_at") is not None:
        step.status = StepStatus.OPEN
        retime(step, fact, "new_due_at", "new_warn_at")
        return
    if effect in CLOSES_AS:
        _end_unanswered(turn, step, effect, fact.legal_at)
    elif effect in REFUSES:
        finish(turn, step.id, "deemed-refused", fact.legal_at)
    else:
        finish(turn, step.id, effect or "deemed-approved", fact.legal_at)


def _end_unanswered(turn: Turn, step: StepState, effect: str, at: datetime) -> None:
    step.status, step.outcome, step.done_at = StepStatus.DONE, effect, at
    step.ask_at, step.requests = None, ()
    close(turn, CLOSES_AS[effect], f"step:{step.id}", at)


def retimed(turn: Turn, fact: Fact) -> None:
    """The step's time has moved; that of an invoice which can still be paid follows it."""
    step = concerned(turn, fact)
    if step is None or step.over:
        return
    retime(step, fact)
    if step.fee and step.invoice is InvoiceStatus.NONE:
        _raise_invoice(turn, step, fact)
    if step.invoice in (InvoiceStatus.ASKED, InvoiceStatus.OPEN):
        due_at = step.due_at and step.due_at.isoformat()
        args: dict[str, object] = {"step": step.id, "round": step.round, "due_at": due_at}
        turn.ask(Operation.RETIME_INVOICE, step.id, step.round, fact.legal_at, args)


def handed_over(turn: Turn, fact: Fact) -> None:
    if (step := concerned(turn, fact)) is not None:
        step.office = text(fact.payload, "office") or step.office


def information_requested(turn: Turn, fact: Fact) -> None:
    """The step's clock stands until every request of its round is answered or has run out."""
    step = concerned(turn, fact)
    if step is None or step.over:
        return
    reply_due = instant(fact.payload, "reply_due_at")
    request_id = text(fact.payload, "request") or f"seq-{fact.seq}"
    step.requested += 1
    request = Request(request_id, step.requested, reply_due, first_ask(reply_due))
    step.requests = (*step.requests, request)
    step.status, step.ask_at = StepStatus.STOPPED, None


def information_retimed(turn: Turn, fact: Fact) -> None:
    """A reply is due later: the proposal to lapse the request waits for the new instant."""
    step, asked = concerned(turn, fact), text(fact.payload, "request")
    if step is None:
        return
    step.requests = tuple(request.copy() for request in step.requests)
    for request in step.requests:
        if request.id == asked:
            request.reply_due_at = instant(fact.payload, "reply_due_at")
            request.ask_at, request.attempt = first_ask(request.reply_due_at), 0
            request.moved += 1


def information_given(turn: Turn, fact: Fact) -> None:
    step = concerned(turn, fact)
    if step is not None and step.status is StepStatus.STOPPED:
        _answered(step, fact)


def information_lapsed(turn: Turn, fact: Fact) -> None:
    """No reply came: the clock runs on, or the effect ends the case."""
    step = concerned(turn, fact)
    if step is None or step.status is not StepStatus.STOPPED:
        return
    effect = text(fact.payload, "effect") or ""
    if effect in CLOSES_AS:
        _end_unanswered(turn, step, effect, fact.legal_at)
    elif effect in REFUSES:
        finish(turn, step.id, "deemed-refused", fact.legal_at)
    else:
        _answered(step, fact)


def _answered(step: StepState, fact: Fact) -> None:
    answered = text(fact.payload, "request")
    step.requests = tuple(r for r in step.requests if answered not in (r.id, None))
    if step.requests:
        return
    step.status = StepStatus.OPEN
    if "due_at" in fact.payload:
        retime(step, fact)
    else:
        step.ask_at = first_ask(step.due_at)


def invoice_raised(turn: Turn, fact: Fact) -> None:
    step = concerned(turn, fact)
    if step is not None and step.invoice in (InvoiceStatus.NONE, InvoiceStatus.ASKED):
        step.invoice = InvoiceStatus.OPEN
        step.invoice_id = text(fact.payload, "invoice")


def invoice_paid(turn: Turn, fact: Fact) -> None:
    if (step := concerned(turn, fact)) is not None:
        step.invoice = InvoiceStatus.PAID
        finish(turn, step.id, "approved", fact.legal_at)


def invoice_expired(turn: Turn, fact: Fact) -> None:
    """The fee was not paid in time; the step's silence rule says what becomes of the case."""
    step = concerned(turn, fact)
    if step is None:
        return
    step.invoice = InvoiceStatus.EXPIRED
    if not step.over:
        rule = turn.law(step.id).silence.rule
        effect = rule.value if rule is SilenceRule.VOID else SilenceRule.LAPSE.value
        _end_unanswered(turn, step, effect, fact.legal_at)


def invoice_voided(turn: Turn, fact: Fact) -> None:
    if (step := concerned(turn, fact)) is not None:
        step.invoice = InvoiceStatus.VOIDED


STEP_FACTS: Final[dict[str, Callable[[Turn, Fact], None]]] = {
    facts.STEP_OPENED: opened,
    facts.STEP_WARNED: warned,
    facts.STEP_DECIDED: decided,
    facts.STEP_LAPSED: lapsed,
    facts.STEP_RETIMED: retimed,
    facts.STEP_HANDED_OVER: handed_over,
    facts.INFORMATION_REQUESTED: information_requested,
    facts.INFORMATION_RETIMED: information_retimed,
    facts.INFORMATION_GIVEN: information_given,
    facts.INFORMATION_LAPSED: information_lapsed,
    facts.INVOICE_RAISED: invoice_raised,
    facts.INVOICE_PAID: invoice_paid,
    facts.INVOICE_EXPIRED: invoice_expired,
    facts.INVOICE_VOIDED: invoice_voided,
}
