"""Carrying out what follows when a curable paper does not come: the end, or the last place."""

from datetime import datetime

from chassis.log import append, lock_head
from kernel.events import Event
from kernel.facts import PAPER_LAPSED
from kernel.law.plan import Overdue
from kernel.log.leaf import instant
from services.licensing.casework import Casework
from services.licensing.domain.notices import Notice, said, to_applicant
from services.licensing.domain.papers import Paper
from services.licensing.store.filing import keep_former_place, next_filing_seq
from services.licensing.store.foreign import ForeignFacts


def carry_out_overdue(case: Casework, paper: Paper) -> Event:
    """Apply the law's consequence; the fact counts from the due instant, whenever it is written.

    ValueError where none follows by itself, or no time runs.
    """
    if not paper.awaited or not paper.lapses or paper.due_at is None:
        raise ValueError("nothing follows by itself from this paper")
    paper.lapsed_at = paper.due_at
    if paper.overdue is Overdue.LAPSE:
        return case.record(PAPER_LAPSED, _told(case, paper), legal_at=paper.due_at)
    return _lose_place(case, paper, paper.due_at)


def _lose_place(case: Casework, paper: Paper, due_at: datetime) -> Event:
    """A new number, the last in the sequence; the old one is kept as a place that was lost.

    The log's head is locked before the number is taken, as at lodgement.
    """
    session, application = case.work.session, case.application
    head = lock_head(session)
    former, place = application.filing_seq, next_filing_seq(session)
    if former is None or application.lodged_at is None:
        raise ValueError("a draft has no place that it could lose")
    keep_former_place(session, application.id, former, application.lodged_at, head.at)
    application.filing_seq = place
    told = {**_told(case, paper), "filing_seq": place, "former_seq": former}
    leaf = append(session, PAPER_LAPSED, case.id, told, head)
    ForeignFacts(session).moves(case.id, case.work.now)
    return case.record(PAPER_LAPSED, told, _notices(case, paper, place), legal_at=due_at, leaf=leaf)


def _told(case: Casework, paper: Paper) -> dict[str, object]:
    law = next(one for one in case.plan.papers if one.kind == paper.kind)
    return {
        "paper": paper.kind,
        "due_at": paper.due_at and instant(paper.due_at),
        "effect": paper.overdue and paper.overdue.value,
        "article": law.article,
    }


def _notices(case: Casework, paper: Paper, place: int) -> list[Notice]:
    title = said(case.edition, case.edition.paper(paper.kind).title)
    return to_applicant(case.application, "place-lost", paper=title, seq=str(place))
