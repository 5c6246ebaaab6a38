"""A notice: what somebody is told, on which way, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.messages.language import Channel, FailedBecause

SIGN_IN_CODE: Final = "one-time-code"
NUMBER_BLOCKED: Final = "number-blocked"
NUMBER_RELEASED: Final = "number-released"
OF_THE_NUMBER: Final = (NUMBER_BLOCKED, NUMBER_RELEASED)
"""Texts that go to a number although nothing else does any more."""

UNKNOWN_READER: Final = "sign-in"
"""The addressee of a code for a number that nobody has signed in with yet."""

LEASE: Final = timedelta(seconds=30)  # a sending that was begun is not begun again so soon
FIRST_PAUSE: Final = timedelta(seconds=1)
LONGEST_PAUSE: Final = timedelta(minutes=2)
FIRST_LOOK: Final = timedelta(seconds=20)
LONGEST_LOOK: Final = timedelta(hours=1)
LAST_LOOK: Final = 60  # about two days of asking


@dataclass(eq=False, kw_only=True)
class Notice:
    """`next_try` and `next_look` are real time, all other instants legal time.

    `report_word` is known to the gateway alone: a delivery report without it is nobody's.
    """

    id: UUID
    kind: str
    addressee: str
    case_id: UUID | None
    channel: Channel | None
    edition: str
    params: dict[str, str]
    report_word: str
    created_at: datetime
    language: str | None = None
    next_try: datetime | None = None
    attempts: int = 0
    provider_ref: str | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    failed_at: datetime | None = None
    failed: FailedBecause | None = None
    next_look: datetime | None = None
    looks: int = 0

    @property
    def settled(self) -> bool:
        """Whether it is known that it arrived, or that it never will."""
        return self.delivered_at is not None or self.failed_at is not None

    def begin_sending(self, real_now: datetime) -> None:
        self.attempts += 1
        self.next_try = real_now + LEASE

    def try_again(self, real_now: datetime) -> None:
        """The gateway is away: wait twice as long as the last time."""
        pause = FIRST_PAUSE * 2 ** min(self.attempts - 1, 10)
        self.next_try = real_now + min(pause, LONGEST_PAUSE)

    def mark_sent(self, now: datetime) -> None:
        self.sent_at, self.next_try = now, None

    def mark_delivered(self, now: datetime) -> None:
        self.delivered_at, self.next_look = now, None

    def mark_failed(self, because: FailedBecause, now: datetime) -> None:
        self.failed_at, self.failed = now, because
        self.next_try = self.next_look = None

    def look_again(self, real_now: datetime) -> None:
        """When the gateway is asked about it next, ever more rarely; in the end never."""
        pause = min(FIRST_LOOK * 2 ** min(self.looks, 10), LONGEST_LOOK)
        self.looks += 1
        self.next_look = real_now + pause if self.looks <= LAST_LOOK else None


@dataclass(frozen=True, slots=True)
class Sending:
    """A notice ready to go: written in its reader's language, with the addresses it goes to."""

    notice: UUID
    channel: Channel
    addresses: tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    report_word: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Look:
    """A text that its gateway is to be asked about."""

    notice: UUID
    provider_ref: str
