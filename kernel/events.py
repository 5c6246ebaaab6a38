"""Facts on their way: the one shape in which a journal row travels between services, relays and
workflows."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

MAX_PAYLOAD_BYTES = 32 * 1024


class Source(StrEnum):
    """The service whose journal a fact was first written in."""

    LICENSING = "licensing"
    CADASTRE = "cadastre"
    PAYMENTS = "payments"
    MESSAGES = "messages"


class ActorKind(StrEnum):
    """Who did it, without saying who: no personal data travels in events."""

    APPLICANT = "applicant"
    OFFICER = "officer"
    PROVIDER = "provider"
    CLOCKWORK = "clockwork"
    OPERATOR = "operator"


class EditionRef(BaseModel):
    """The rulebook edition a case stands on: country, effective date and the content hash of its
    plan source."""

    model_config = ConfigDict(frozen=True)

    country: str
    edition: str
    hash: str


class Event(BaseModel):
    """One fact of one case.

    `seq` counts from 1 without gaps per (source, case). `at` is the recorded instant that the log
    returned, `legal_at` the instant from which the fact counts in law. `payload` is plain JSON of
    at
    most 32 KB and holds no personal data. `trace` is a W3C traceparent or None.
    """

    model_config = ConfigDict(frozen=True)

    source: Source
    case: UUID
    seq: int = Field(ge=1)
    name: str
    at: datetime
    legal_at: datetime
    actor_kind: ActorKind
    payload: dict[str, Any]
    edition: EditionRef | None = None
    trace: str | None = None


class CaseRef(BaseModel):
    """The start argument of every workflow of ours, one shape for all.

    `subject` is the application, invoice, issuance, appointment or notice the workflow is about.
    `clock_offset` is in whole seconds (0 in production); `last_seq` is the newest journal event
    whose
    commands have been carried out (0 from relays and `resurrect`, carried by continue-as-new).
    """

    model_config = ConfigDict(frozen=True)

    subject: UUID
    clock_offset: int = 0
    last_seq: int = 0
