"""What facts about curable papers change: awaited, warned of, handed in, overdue."""

from collections.abc import Callable
from typing import Final

from kernel import facts
from workflows.engine.onwards import ask_for_issuance, close, enter_area
from workflows.engine.state import AWAITS_PAPERS, PaperState
from workflows.engine.timers import first_ask
from workflows.engine.turn import Fact, Payload, Turn, instant, number, text

ENDS: Final = "lapse"
LAST_PLACE: Final = "lose-place"


def awaited(turn: Turn, fact: Fact) -> None:
    """The papers that a lodgement lacks, each with its own time."""
    told = fact.payload.get("papers")
    for one in told if isinstance(told, list) else ():
        if isinstance(one, dict) and isinstance(one.get("paper"), str):
            paper = PaperState(one["paper"])
            _time(paper, one)
            turn.state.papers[paper.id] = paper


def _time(paper: PaperState, told: Payload) -> None:
    """A new due instant begins; warnings and proposals to lapse are counted afresh for it."""
    paper.due_at, paper.warn_at = instant(told, "due_at"), instant(told, "warn_at")
    paper.lapses = told.get("lapses") is True
    paper.timing += 1
    paper.warned, paper.attempt = False, 0
    paper.ask_at = first_ask(paper.due_at) if paper.lapses else None


def retimed(turn: Turn, fact: Fact) -> None:
    if (paper := turn.paper(text(fact.payload, "paper") or "")) is not None:
        _time(paper, fact.payload)


def warned(turn: Turn, fact: Fact) -> None:
    if (paper := turn.paper(text(fact.payload, "paper") or "")) is not None:
        paper.warned = True


def received(turn: Turn, fact: Fact) -> None:
    """Its time is over; an issuance that waited for it is asked for again."""
    turn.state.papers.pop(text(fact.payload, "paper") or "", None)
    if turn.state.issuance == AWAITS_PAPERS and not turn.state.ended:
        ask_for_issuance(turn, fact.legal_at)


def lapsed(turn: Turn, fact: Fact) -> None:
    """It did not come in time: the application ends, or its ground takes the last place."""
    kind, effect = text(fact.payload, "paper") or "", text(fact.payload, "effect")
    paper = turn.paper(kind)
    if paper is not None:
        paper.due_at = paper.warn_at = paper.ask_at = None
    if effect == ENDS:
        close(turn, "lapsed", f"paper:{kind}", fact.legal_at)
        return
    place, lodged = number(fact.payload, "filing_seq"), turn.state.lodgement
    if effect != LAST_PLACE or place is None or lodged is None:
        turn.note(f"{fact.seq} {fact.name}: {kind}: {effect}")
        return
    turn.state.lodgement = lodged.at_place(place)
    if not turn.state.ended:
        enter_area(turn, fact.at)


PAPER_FACTS: Final[dict[str, Callable[[Turn, Fact], None]]] = {
    facts.PAPER_RECEIVED: received,
    facts.PAPER_WARNED: warned,
    facts.PAPER_LAPSED: lapsed,
    facts.PAPER_RETIMED: retimed,
}
