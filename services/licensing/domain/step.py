"""A step of a case: one question to one office, with its time and its answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.licensing.language import Outcome, StepStatus
from kernel.law.plan import StepKind


@dataclass(eq=False, kw_only=True)
class Step:
    """One round of one step. `due_at` and `warn_at` are None only while the clock is stopped.

    `silence_stage` counts how often the time ran out in this round (escalated or extended).
    Instants of a decision: made, recorded, published, served, effective (domain.md §2).
    """

    application_id: UUID
    step: str
    round: int
    kind: StepKind
    agency: str
    office: str
    status: StepStatus
    opened_at: datetime
    due_at: datetime | None = None
    warn_at: datetime | None = None
    warned_at: datetime | None = None
    first_due_at: datetime | None = None
    stopped_at: datetime | None = None
    stop_reason: str | None = None
    stopped_seconds: int = 0
    silence_stage: int = 0
    visited_at: datetime | None = None
    occupants_notified_at: datetime | None = None
    outcome: Outcome | None = None
    reasons: str | None = None
    late: bool = False
    decided_by: str | None = None
    made_at: datetime | None = None
    decided_at: datetime | None = None
    published_at: datetime | None = None
    served_at: datetime | None = None
    effective_at: datetime | None = None
    version: int = 1

    @property
    def pending(self) -> bool:
        """Whether an answer is still awaited."""
        return self.status in {StepStatus.OPEN, StepStatus.STOPPED}
