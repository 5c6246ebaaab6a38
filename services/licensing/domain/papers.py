"""Papers: what the law wants with an application, and the files handed in for it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.licensing.language import PaperState
from kernel.law.plan import PaperPlan, PaperWhen
from kernel.problems import Problem


class PapersMissing(Problem):
    """A paper that is needed for receipt is not there; the facts say which and who issues it."""

    title = "Papers are missing that are needed before an application can be received"


class PaperNotWanted(Problem):
    """The case awaits no such paper."""

    title = "No such paper is awaited"


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
    """One paper of a lodged application as the plan wants it: there, or awaited until `due_at`."""

    application_id: UUID
    kind: str
    when: PaperWhen
    state: PaperState
    due_at: datetime | None = None
    keeps_priority: bool = True
    received_at: datetime | None = None


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
            papers=[
                {
                    "paper": p.kind,
                    "title": dict(texts.get(p.title, {})),
                    "issued_by": dict(texts.get(p.issued_by, {})) or p.issued_by,
                    "article": p.article,
                }
                for p in missing
            ],
        )


def must_be_awaited(paper: Paper | None) -> Paper:
    """The paper, unless the case awaits none of that kind or has it already."""
    if paper is None or paper.state is not PaperState.MISSING:
        raise PaperNotWanted("This case awaits no such paper now")
    return paper
