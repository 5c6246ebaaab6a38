"""Work in the field and on paper: visits, notices to occupants, scans of signed papers."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from contracts.licensing.language_cases import NoteKind
from kernel.problems import Problem


class NotYet(Problem):
    """What is written down has happened; its day does not lie in the future."""

    title = "This day has not come yet"


class BeforeLodgement(Problem):
    """Work in the field for an application is done once it is lodged: no day lies before that."""

    title = "This day lies before the application was lodged"


class ScanMissing(Problem):
    """The scan that is named was never sent for this step."""

    title = "Send the scan first"


class NotFromPaper(Problem):
    """The rulebook does not let this step be answered on paper, or not by this signatory."""

    title = "This step is not answered on such a paper"


class PaperDates(Problem):
    """A paper answers a question after it was asked, and is recorded after it was signed."""

    title = "The date on the paper does not fit"


class PaperWaits(Problem):
    """A paper decision of this step waits for its confirmation."""

    title = "Confirm or reject the paper that was recorded before"


class NoPaperWaits(Problem):
    """There is nothing to confirm."""

    title = "No paper decision waits for confirmation"


class OfficeNotOfAgency(Problem):
    """A step goes from one office to another of the same agency."""

    title = "This office cannot take the step"


@dataclass(eq=False, kw_only=True)
class FieldNote:
    """What an officer wrote down; `people` were met at work there."""

    id: UUID
    application_id: UUID
    step: str
    round: int
    kind: NoteKind
    done_on: date
    text: str
    person: str
    at: datetime
    people: int | None = None
    languages: list[str] = field(default_factory=list)


@dataclass(eq=False, kw_only=True)
class Scan:
    """A kept scan of the paper on which a decision was signed."""

    application_id: UUID
    step: str
    sha256: str
    media_type: str
    size: int
    kept_by: str
    kept_at: datetime


def must_lie_between(day: date, lodged_on: date, today: date) -> None:
    """Raise BeforeLodgement or NotYet. All three are days on the calendar of the office."""
    if day < lodged_on:
        raise BeforeLodgement("Write down the day on which it was done", lodged_on=str(lodged_on))
    if day > today:
        raise NotYet("Write it down once it has happened", today=str(today))
