"""Papers: what the law wants with an application, and the files handed in for it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.licensing.language import PaperState
from kernel.calendar import Calendar
from kernel.law.plan import Overdue, PaperPlan, PaperWhen
from kernel.log.leaf import instant
from kernel.problems import Problem
from kernel.term import Term


class PapersMissing(Problem):
    """A paper that is needed for receipt is not there; the facts say which and who issues it."""

    title = "Papers are missing that are needed before an application can be received"


class PapersOutstanding(Problem):
    """Nothing is granted while a paper that could be handed in late is still not there."""

    title = "Papers must be handed in before this can be approved"


class PaperNotWanted(Problem):
    """The case awaits no such paper."""

    title = "No such paper is awaited"


class PaperTooLate(Problem):
    """The time of the paper was over, and the law then ends the application."""

    title = "The paper came after its time was over"


class FormatNotAccepted(Problem):
    """The file is of a kind that this paper is not accepted in, or not what it says it is."""

    title = "This paper is not accepted in this format"


class DocumentStands(Problem):
    """What was lodged stays as it was lodged; send another page beside it."""

    title = "A lodged document is not replaced"


class PageMissing(Problem):
    """A page is named that was never sent."""

    title = "There is no such page"


@dataclass(eq=False, kw_only=True)
class Document:
    """One file (often a photograph of one page) for one paper; `n` counts pages from 1."""

    id: UUID
    application_id: UUID
    kind: str
    n: int
    media_type: str
    sha256: str  # lower-case hex
    size: int  # bytes
    uploaded_by: str
    uploaded_at: datetime


@dataclass(eq=False, kw_only=True)
class Paper:
    """One paper of a lodged application as the plan wants it: there, or awaited until `due_at`.

    `overdue` is what follows when a curable one does not come; once it has followed, `lapsed_at`
    is the instant from which it counts. Both instants are None while all clocks stand still.
    """

    application_id: UUID
    kind: str
    when: PaperWhen
    state: PaperState
    due_at: datetime | None = None
    keeps_priority: bool = True
    received_at: datetime | None = None
    overdue: Overdue | None = None
    warn_at: datetime | None = None
    warned_at: datetime | None = None
    lapsed_at: datetime | None = None

    @property
    def awaited(self) -> bool:
        """Whether it is missing, and time has not had its consequence yet."""
        return self.state is PaperState.MISSING and self.lapsed_at is None

    @property
    def lapses(self) -> bool:
        """Whether something follows by itself when its time is over."""
        return self.overdue in (Overdue.LAPSE, Overdue.LOSE_PLACE)

    def is_late(self, now: datetime) -> bool:
        """Whether its time has passed."""
        return self.due_at is not None and now > self.due_at

    def run(self, lodged_at: datetime, wanted: PaperPlan, calendar: Calendar) -> None:
        """Reckon when it is due, and when the applicant is warned, since lodgement."""
        if wanted.within is None:
            return
        term, before = Term(start=lodged_at, allowed=wanted.within), wanted.warn_before
        self.due_at = term.due(calendar)
        self.warn_at = term.warn_at(before, calendar) if before else None
        self.warned_at = None

    def told(self) -> dict[str, object]:
        """What facts about its time say."""
        return {
            "paper": self.kind,
            "due_at": self.due_at and instant(self.due_at),
            "warn_at": self.warn_at and instant(self.warn_at),
            "lapses": self.lapses,
        }


MAGIC: Final = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/pdf": b"%PDF-",
}


def must_be_accepted(media_type: str, head: bytes, accepted: Collection[str]) -> None:
    """Raise FormatNotAccepted unless the paper may come so and the file begins like one."""
    if media_type not in accepted or not head.startswith(MAGIC.get(media_type, b"")):
        raise FormatNotAccepted("Send it in one of these formats", accepted=list(accepted))


def must_hold_needed(
    wanted: Iterable[PaperPlan], there: Collection[str], texts: Mapping[str, Mapping[str, str]]
) -> None:
    """Raise PapersMissing unless every paper needed for receipt is there.

    `texts` are the rulebook's words, by key and language: the refusal says in each language which
    paper is missing and who issues it.
    """
    missing = [p for p in wanted if p.when is PaperWhen.NEEDED and p.kind not in there]
    if missing:
        raise PapersMissing(
            "Missing: " + ", ".join(p.kind for p in missing),
            papers=[_told(p, texts) for p in missing],
        )


def _told(wanted: PaperPlan, texts: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    return {
        "paper": wanted.kind,
        "title": dict(texts.get(wanted.title, {})),
        "issued_by": dict(texts.get(wanted.issued_by, {})) or wanted.issued_by,
        "article": wanted.article,
    }


def must_be_cured(
    plan: Iterable[PaperPlan],
    papers: Iterable[Paper],
    texts: Mapping[str, Mapping[str, str]],
    now: datetime,
) -> None:
    """Raise PapersOutstanding while a curable paper of the plan is awaited.

    The refusal says which and who issues it, until when it was due, and whether the place in the
    sequence is lost because that has passed.
    """
    awaited = {
        p.kind: p for p in papers if p.when is PaperWhen.CURABLE and p.state is PaperState.MISSING
    }
    missing = [(one, awaited[one.kind]) for one in plan if one.kind in awaited]
    if not missing:
        return
    raise PapersOutstanding(
        "Not handed in: " + ", ".join(one.kind for one, _ in missing),
        papers=[
            _told(one, texts)
            | {
                "due_at": paper.due_at and instant(paper.due_at),
                "overdue": paper.is_late(now),
                "priority_lost": paper.is_late(now) and not paper.keeps_priority,
            }
            for one, paper in missing
        ],
    )


def curable(papers: Iterable[Paper]) -> list[Paper]:
    """Those that are missing and may still be handed in, before time has its consequence."""
    return [one for one in papers if one.when is PaperWhen.CURABLE and one.awaited]


def must_be_awaited(paper: Paper | None) -> Paper:
    """The paper, unless the case awaits none of that kind or has it already."""
    if paper is None or paper.state is not PaperState.MISSING:
        raise PaperNotWanted("This case awaits no such paper now")
    return paper
