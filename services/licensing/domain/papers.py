"""Papers: what the law wants with an application, and the files handed in for it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.licensing.language import PaperState
from kernel.law.plan import PaperWhen


@dataclass(eq=False, kw_only=True)
class Document:
    """One file (often a photograph of one page) for one paper; `n` counts pages from 1.

    Complete when `received` bytes are `size` and their SHA-256 is `sha256`.
    """

    id: UUID
    application_id: UUID
    kind: str
    n: int
    media_type: str
    sha256: str  # lower-case hex
    size: int
    received: int = 0
    uploaded_by: str
    started_at: datetime
    completed_at: datetime | None = None

    @property
    def complete(self) -> bool:
        return self.completed_at is not None


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
