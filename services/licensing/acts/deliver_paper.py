"""Deliver a paper after lodgement: one that was curable or due later, in pages sent before."""

from collections.abc import Sequence

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Act, PaperState
from contracts.procedures import Tell
from kernel.facts import PAPER_RECEIVED
from kernel.law.plan import Overdue
from services.licensing.casework import Casework, take_case
from services.licensing.desk import Desk
from services.licensing.domain.access import must_keep
from services.licensing.domain.application import Application
from services.licensing.domain.papers import (
    PageMissing,
    Paper,
    PaperTooLate,
    must_be_awaited,
)
from services.licensing.overdue import carry_out_overdue
from services.licensing.store.applications import Applications
from services.licensing.store.calendars import Calendars
from services.licensing.store.parties import Parties


def deliver_paper(work: UnitOfWork, desk: Desk, ref: str, kind: str, pages: Sequence[int]) -> Paper:
    """Hand in the awaited paper `kind`; whether it came in time stands in the fact.

    Where its time is over already, the law's consequence comes first, in this transaction. Raises
    PaperTooLate where that is the end of the application.
    """
    files = Applications(work.session)
    Calendars(work.session).stay()
    application = files.take(ref)
    party = Parties(work.session).get(application.party_id)
    must_keep(application, party, work.actor, work.now)
    application.must_allow(Act.DELIVER_PAPER)
    papers = files.papers(application.id)
    paper = must_be_awaited(next((p for p in papers if p.kind == kind), None))
    handed = _pages(files, application, kind, pages)
    late = paper.is_late(work.now)
    if late and paper.awaited and paper.lapses:
        _too_late(take_case(work, desk, application.id), paper)
    paper.state, paper.received_at = PaperState.DELIVERED, work.now
    application.changed(work.now)
    missing = [p.kind for p in papers if p.state is PaperState.MISSING]
    work.record(
        application.id,
        PAPER_RECEIVED,
        {
            "paper": kind,
            "complete": not missing,
            "late": late,
            "keeps_priority": paper.keeps_priority or not late,
            "pages": handed,
        },
        tell=[Tell.application(application.id)],
        edition=application.edition_ref(),
    )
    return paper


def _too_late(case: Casework, paper: Paper) -> None:
    if paper.overdue is Overdue.LAPSE:
        raise PaperTooLate(
            "The application ends with this", paper=paper.kind, due_at=paper.told()["due_at"]
        )
    carry_out_overdue(case, paper)


def _pages(
    files: Applications, application: Application, kind: str, pages: Sequence[int]
) -> list[dict[str, object]]:
    there = {d.n: d.sha256 for d in files.documents(application.id) if d.kind == kind}
    absent = sorted(set(pages) - set(there))
    if absent:
        raise PageMissing("Send the pages first", kind=kind, pages=absent)
    return [{"n": n, "sha256": there[n]} for n in sorted(set(pages))]
