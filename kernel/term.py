"""A running term: one step's clock, which may be stopped, resumed and begun again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict

from kernel.calendar import Calendar, Duration, StandsStill, Suspension, due, remaining, warn_at
from kernel.problems import Problem

GRACE: Final = timedelta(seconds=30)
"""What was due lapses only this long after its due instant: an answer under way then wins."""


class ClockAlreadyStopped(Problem):
    """A clock is stopped once; the second reason waits or joins the first."""

    title = "The clock of this step is already stopped"


class ClockNotStopped(Problem):
    """Only a stopped clock can be resumed, and not before it was stopped."""

    title = "The clock of this step is not stopped"


class Resume(StrEnum):
    """How a stopped clock goes on: with the time that was left, or from the beginning."""

    CONTINUE = "continue"
    RESTART = "restart"


class Stop(Suspension):
    """One stop of one clock; after `cap`, reckoned from its beginning, the clock runs again."""

    cap: Duration | None = None

    def bounded(self, calendar: Calendar) -> Suspension:
        """The time the clock really stood: until it was resumed, or until the cap at the latest."""
        if self.cap is None:
            return self
        latest = due(self.begins, self.cap, calendar)
        return Suspension(
            begins=self.begins, ends=min(self.ends or latest, latest), reason=self.reason
        )


class Term(BaseModel):
    """A period that runs since `start`; plain data, every answer is reckoned from it anew."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: AwareDatetime
    allowed: Duration
    stops: tuple[Stop, ...] = ()

    def stop(self, at: datetime, reason: str, cap: Duration | None = None) -> Self:
        """The term with its clock stopped; ClockAlreadyStopped while another stop is open."""
        if self._open() is not None:
            raise ClockAlreadyStopped("The clock of this step is stopped for another reason")
        stopped = Stop(begins=at, reason=reason, cap=cap)
        return self.model_copy(update={"stops": (*self.stops, stopped)})

    def resume(self, at: datetime, how: Resume = Resume.CONTINUE) -> Self:
        """The term running again, with the time that was left or the whole time anew."""
        stop = self._open()
        if stop is None or at < stop.begins:
            raise ClockNotStopped("There is no stop of this clock to end at that instant")
        if how is Resume.RESTART:
            return type(self)(start=at, allowed=self.allowed)
        closed = stop.model_copy(update={"ends": at})
        return self.model_copy(update={"stops": (*self.stops[:-1], closed)})

    def due(self, calendar: Calendar) -> datetime | None:
        """When the term is over; None while the clock stands still without a known end."""
        try:
            return due(self.start, self.allowed, calendar, self._stops(calendar))
        except StandsStill:
            return None

    def warn_at(self, before: Duration, calendar: Calendar) -> datetime | None:
        """When to warn: `before` ahead of the due instant, though never ahead of the start."""
        ends = self.due(calendar)
        return ends and max(warn_at(ends, before, calendar), calendar.local(self.start))

    def left(self, now: datetime, calendar: Calendar) -> timedelta:
        """How long the clock still has to run; a whole working day is 24 hours."""
        return remaining(self.start, self.allowed, now, calendar, self._stops(calendar))

    def _open(self) -> Stop | None:
        return self.stops[-1] if self.stops and self.stops[-1].ends is None else None

    def _stops(self, calendar: Calendar) -> Sequence[Suspension]:
        return [stop.bounded(calendar) for stop in self.stops]
