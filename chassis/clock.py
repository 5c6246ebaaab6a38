"""The clock: the only place that asks the machine for the time."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.settings import Mode
from chassis.tables import clock as clock_row

OFFSET: Final = "select offset_seconds from clock"


class NoClockToMove(RuntimeError):
    """A production stack has one time, the machine's: its clock cannot be moved."""


class ClockOnlyGoesForward(RuntimeError):
    """A moved training clock is not turned back: what happened after would lie in the future."""


def machine_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Legal time for acts, real time for a short list of things that no law dates.

    Legal time is the machine's, plus the training clock's offset where the stack is a training
    stack; a production clock does not even read an offset. `machine` is replaced only by tests.
    """

    mode: Mode
    machine: Callable[[], datetime] = machine_now

    def legal_now(self, session: Session) -> datetime:
        """The instant that counts in law, UTC, to the microsecond."""
        return self.ahead(self.offset(session))

    def ahead(self, seconds: int) -> datetime:
        """Legal time where the training clock's offset is known to be so many seconds."""
        return self.machine() + timedelta(seconds=seconds)

    def real_now(self) -> datetime:
        """For tokens, one-time codes, back-off, metrics and signing times; never for an act."""
        return self.machine()

    def offset(self, session: Session) -> int:
        """Whole seconds by which legal time runs ahead; always 0 in production."""
        if self.mode == "production":
            return 0
        seconds: int = session.connection().exec_driver_sql(OFFSET).scalar_one()
        return seconds


def advance_clock(session: Session, mode: Mode, offset_seconds: int) -> None:
    """Set a training stack's offset (whole seconds, never less than before). The caller commits."""
    if mode == "production":
        raise NoClockToMove("This is a production stack: it has no clock that could be moved")
    moved = session.execute(
        update(clock_row)
        .where(clock_row.c.offset_seconds <= offset_seconds)
        .values(offset_seconds=offset_seconds)
        .returning(clock_row.c.id)
    )
    if moved.first() is None:
        raise ClockOnlyGoesForward("The training clock only goes forward")


def new_uuid(at: datetime) -> UUID:
    """A time-ordered identifier in the layout of UUID version 7 (RFC 9562, section 5.7)."""
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    chance = secrets.randbits(74)
    high, low = chance >> 62, chance & (1 << 62) - 1
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)
