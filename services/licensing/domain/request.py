"""Requests for information: what an office asks of the applicant while its own clock stands."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.licensing.language_cases import RequestStatus, StopReason
from kernel.calendar import Calendar, Duration, Unit
from kernel.problems import Problem
from kernel.term import Term


class NothingAsked(Problem):
    """There is no open request to reply to."""

    title = "Nothing is asked of you at this step now"


class AskedOften(Problem):
    """The office has stopped its own clock as often, or for as long, as it may in one round."""

    title = "This office may stop its clock no further"


MOST_REQUESTS: Final = 3
MOST_STOPPED: Final = timedelta(days=90)
"""Per round of a step. Without a cap an office could ask for ever and never be late."""


def must_still_ask(asked: int, stopped: timedelta, reply_days: int) -> None:
    """Raise AskedOften where one more request is too many, or would stop the clock for too long."""
    if asked >= MOST_REQUESTS or stopped + timedelta(days=reply_days) > MOST_STOPPED:
        raise AskedOften(
            "Answer with what is there",
            asked=asked,
            most=MOST_REQUESTS,
            stopped_days=stopped.days,
            most_days=MOST_STOPPED.days,
        )


@dataclass(eq=False, kw_only=True)
class InformationRequest:
    """One request of one round. `pages` are the documents that came with the reply."""

    id: UUID
    application_id: UUID
    step: str
    round: int
    office: str
    reason: StopReason
    question: str
    asked_by: str
    asked_at: datetime
    reply_days: int
    reply_due_at: datetime | None = None  # None while all clocks stand still
    status: RequestStatus = RequestStatus.OPEN
    reply: str | None = None
    pages: list[dict[str, object]] = field(default_factory=list)
    replied_by: str | None = None
    ended_at: datetime | None = None

    def run(self, calendar: Calendar) -> None:
        """Reckon until when a reply is due; the applicant's days are those of the calendar."""
        within = Duration(n=self.reply_days, unit=Unit.CALENDAR_DAYS)
        self.reply_due_at = Term(start=self.asked_at, allowed=within).due(calendar)

    def ended_by(self, now: datetime) -> datetime:
        """From when the office's time runs on: from a reply, or from when it was due at most."""
        return now if self.reply_due_at is None else min(now, self.reply_due_at)

    def end(self, status: RequestStatus, at: datetime) -> None:
        self.status, self.ended_at = status, at
