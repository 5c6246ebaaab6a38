"""What facts about the whole case change: lodged, withdrawn, its ground, its licence, its end."""

from collections.abc import Callable
from typing import Final

from kernel import facts
from kernel.commands import Operation
from kernel.law.plan import StepKind
from workflows.engine.onwards import (
    ask_for_issuance,
    close,
    enter_area,
    go_on,
    open_step,
    release_area,
    wind_up,
)
from workflows.engine.paper_facts import awaited
from workflows.engine.state import AWAITS_PAPERS, AreaStatus, Lodgement, StepStatus
from workflows.engine.turn import Fact, Turn, number, text


def lodged(turn: Turn, fact: Fact) -> None:
    """The case begins: its ground is entered at once, so that juniors meet it; first steps open."""
    state, payload = turn.state, fact.payload
    if state.lodgement is not None:
        turn.note(f"{fact.seq} {fact.name}: it was lodged before")
        return
    state.lodgement = Lodgement(
        text(payload, "code") or "",
        number(payload, "filing_seq") or 0,
        fact.legal_at,
        payload.get("has_ground") is True,
        _minerals(payload.get("minerals", turn.plan.facts.get("minerals"))),
    )
    state.conditional = payload.get("conditional") is True or any(
        law.conditional for law in turn.plan.steps
    )
    awaited(turn, fact)
    enter_area(turn, fact.legal_at)
    go_on(turn, fact.legal_at)


def _minerals(told: object) -> tuple[str, ...]:
    return tuple(str(one) for one in told) if isinstance(told, list | tuple) else ()


def receipt_confirmed(turn: Turn, fact: Fact) -> None:
    if turn.state.conditional:
        turn.state.conditional = False
        enter_area(turn, fact.legal_at)


def withdrawn(turn: Turn, fact: Fact) -> None:
    close(turn, "withdrawn", "applicant", fact.legal_at)


def issuance_requested(turn: Turn, fact: Fact) -> None:
    turn.state.issuance = text(fact.payload, "issuance") or "requested"
    turn.state.issuance_round = number(fact.payload, "round") or turn.state.issuance_round


def issuance_returned(turn: Turn, fact: Fact) -> None:
    """The licence could not be issued: the step named, or the last decision, is asked again."""
    state = turn.state
    state.issuance = None
    if state.ended:
        return
    decisions = [law.id for law in turn.plan.steps if law.kind is StepKind.DECISION]
    step_id = text(fact.payload, "step") or next(reversed(decisions), None)
    if step_id is None or step_id not in state.steps:
        turn.note(f"{fact.seq} {fact.name}: there is no step {step_id} to return to")
        return
    step = turn.step(step_id)
    round = number(fact.payload, "round_of_step") or step.round + 1
    step.status, step.outcome, step.done_at = StepStatus.WAITING, None, None
    step.timing, step.requested = 0, 0
    open_step(turn, step_id, round, fact.at)


def licence_issued(turn: Turn, fact: Fact) -> None:
    code = text(fact.payload, "licence_code") or ""
    turn.state.licence_code = code
    close(turn, "granted", code, fact.legal_at)


def certificate_made(turn: Turn, _: Fact) -> None:
    turn.state.certified = True
    _end_issuance(turn)


def area_confirmed(turn: Turn, _: Fact) -> None:
    turn.state.area = AreaStatus.CONFIRMED
    _end_issuance(turn)


def _end_issuance(turn: Turn) -> None:
    """Its workflow is over when the certificate is made and no ground is pending."""
    if turn.state.certified and turn.state.area is not AreaStatus.GRANTED:
        turn.state.issuance = None


def case_closed(turn: Turn, fact: Fact) -> None:
    """The end. What the case still holds is given back, whoever closed it."""
    state = turn.state
    status = text(fact.payload, "status") or "closed"
    state.closed = status
    for step_id in list(state.steps):
        if not state.steps[step_id].over:
            step = turn.step(step_id)
            step.status, step.ask_at, step.requests = StepStatus.SKIPPED, None, ()
    state.papers = {}
    if status != "granted":
        wind_up(turn, status, fact.legal_at)


def area_entered(turn: Turn, fact: Fact) -> None:
    """Also after a refusal: the same command may be carried out later, even after the end."""
    state = turn.state
    if state.area in (AreaStatus.NONE, AreaStatus.ASKED):
        state.area = AreaStatus.ENTERED
    end = state.closed or state.closing
    if end not in (None, "granted") and state.area is AreaStatus.ENTERED:
        release_area(turn, end or "closed", fact.legal_at)


def area_withdrawn(turn: Turn, _: Fact) -> None:
    if turn.state.area is AreaStatus.GRANTED:
        turn.state.area = AreaStatus.ENTERED


def area_displaced(turn: Turn, fact: Fact) -> None:
    by, hectares = fact.payload.get("by_seq"), fact.payload.get("hectares")
    turn.note(f"{fact.seq} {fact.name}: lodgement {by} takes {hectares} ha")


def area_freed(turn: Turn, fact: Fact) -> None:
    by, hectares = fact.payload.get("by_seq"), fact.payload.get("hectares")
    turn.note(f"{fact.seq} {fact.name}: lodgement {by} leaves {hectares} ha")


def command_refused(turn: Turn, fact: Fact) -> None:
    """Nothing more is expected of what was asked: ground not entered is not to be released."""
    operation, problem = text(fact.payload, "operation"), text(fact.payload, "problem")
    turn.note(f"{fact.seq} {fact.name}: {operation}: {problem}")
    if operation == Operation.ENTER_AREA and turn.state.area is AreaStatus.ASKED:
        turn.state.area = AreaStatus.NONE
    elif operation == Operation.SEND_NOTICE:
        notice_settled(turn, fact)
    elif operation == Operation.BEGIN_ISSUANCE and problem == "papers-outstanding":
        _await_papers(turn, fact)


def _await_papers(turn: Turn, fact: Fact) -> None:
    """Silence has approved without a curable paper. One that came meanwhile is heard of before."""
    state = turn.state
    if state.issuance != "asked" or number(fact.payload, "round") != state.issuance_round:
        return
    state.issuance = AWAITS_PAPERS
    if not state.papers and not state.ended:
        ask_for_issuance(turn, fact.at)


def _area_becomes(status: AreaStatus) -> Callable[[Turn, Fact], None]:
    def become(turn: Turn, _: Fact) -> None:
        turn.state.area = status

    return become


def notice_settled(turn: Turn, _: Fact) -> None:
    turn.state.notices_under_way = max(0, turn.state.notices_under_way - 1)


def no_effect(_turn: Turn, _fact: Fact) -> None:
    """Known, and without effect on what happens next; its notices are sent all the same."""


CASE_FACTS: Final[dict[str, Callable[[Turn, Fact], None]]] = {
    facts.LODGED: lodged,
    facts.RECEIPT_CONFIRMED: receipt_confirmed,
    facts.STEP_VISITED: no_effect,
    facts.OCCUPANTS_NOTIFIED: no_effect,
    facts.PAPER_DECISION_RECORDED: no_effect,
    facts.APPLICATION_WITHDRAWN: withdrawn,
    facts.ISSUANCE_REQUESTED: issuance_requested,
    facts.ISSUANCE_RETURNED: issuance_returned,
    facts.LICENCE_ISSUED: licence_issued,
    facts.CERTIFICATE_MADE: certificate_made,
    facts.CASE_CLOSED: case_closed,
    facts.COMMAND_REFUSED: command_refused,
    facts.AREA_ENTERED: area_entered,
    facts.AREA_DISPLACED: area_displaced,
    facts.AREA_FREED: area_freed,
    facts.AREA_RELEASED: _area_becomes(AreaStatus.RELEASED),
    facts.AREA_GRANTED: _area_becomes(AreaStatus.GRANTED),
    facts.AREA_CONFIRMED: area_confirmed,
    facts.AREA_WITHDRAWN: area_withdrawn,
    facts.INVOICE_REMINDED: no_effect,
    facts.INVOICE_RETIMED: no_effect,
    facts.NOTICE_SENT: notice_settled,
    facts.NOTICE_FAILED: notice_settled,
}
