"""Messages on the wire: notices with their delivery, delivery reports, and subscribers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts.messages.language import Channel, FailedBecause

Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class View(BaseModel):
    """An answer: may gain members later."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class NoticeView(View):
    """A notice and what became of it; `to` is a pseudonym or an office, never a number.

    `text` and `subject` are what was told, or would be, in the reader's language.
    """

    id: UUID
    kind: str
    to: str
    case: UUID | None
    channel: Channel | None
    language: str | None
    subject: str | None
    text: str | None
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    failed: FailedBecause | None


class NoticePage(View):
    notices: list[NoticeView]
    next: str | None
    as_of: datetime


class DeliveryReport(BaseModel):
    """What a gateway reports; further members are passed over. `reference` is the notice."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Word | None = None
    reference: Word
    status: Word


class ReportTaken(View):
    """The same for every report, whether it was of use or not."""

    taken: bool = True


class SubscriberView(View):
    """Oneself as messages knows one: of the number only its end is shown."""

    person: str
    phone_ends: str
    language: str
    languages: list[str]
    since: datetime


class LanguageChosen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


class SubscriberStopped(BaseModel):
    """Why a subscriber's number is blocked or given up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[str, StringConstraints(min_length=3, max_length=200)] = Field(
        description="For the record; it may not name anybody."
    )


class SubscriberState(View):
    person: str
    blocked_at: datetime | None
    released_at: datetime | None
