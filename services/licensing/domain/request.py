"""Requests for information: what an office asks of the applicant while its own clock stands."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from contracts.licensing.language_cases import RequestStatus, StopReason
from kernel.problems import Problem


class NothingAsked(Problem):
    """There is no open request to reply to."""

    title = "Nothing is asked of you at this step now"


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
    reply_due_at: datetime
    status: RequestStatus = RequestStatus.OPEN
    reply: str | None = None
    pages: list[dict[str, object]] = field(default_factory=list)
    replied_by: str | None = None
    ended_at: datetime | None = None

    def end(self, status: RequestStatus, at: datetime) -> None:
        self.status, self.ended_at = status, at
