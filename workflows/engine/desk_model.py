"""A step as the model of the services keeps it: its time, and how that stands still."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from kernel import facts
from kernel.calendar import Calendar, Duration, due, warn_at
from kernel.law.plan import SilenceRule

Told = tuple[str, dict[str, object], datetime]
"""A fact that a service writes: its name, its payload and the instant it counts from."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Due instants by one office's calendar; equal questions are reckoned once."""

    due: Callable[[datetime, Duration], datetime]
    warn: Callable[[datetime, Duration], datetime]

    @classmethod
    def by(cls, calendar: Calendar, remembered: int = 4096) -> "Reckoning":
        """Reckon by `calendar`, as licensing does when it opens a step."""

        @lru_cache(remembered)
        def ends(start: datetime, allowed: Duration) -> datetime:
            return due(start, allowed, calendar)

        @lru_cache(remembered)
        def warns(end: datetime, before: Duration) -> datetime:
            return warn_at(end, before, calendar)

        return cls(ends, warns)


@dataclass(slots=True)
class Desk:
    """A step as licensing keeps it."""

    round: int
    office: str
    due_at: datetime
    warn_at: datetime | None
    rule: SilenceRule
    open: bool = True
    stopped_at: datetime | None = None
    requests: int = 0
    since: datetime | None = None  # when its clock last began to run


@dataclass(slots=True)
class Moratorium:
    """All clocks stand from `begins` on, nobody knows for how long. None: they run."""

    begins: datetime | None = None

    def timed(self, desk: Desk, of: str = "") -> dict[str, object]:
        """The instants of a step as facts tell them; none while they lie beyond the standing."""
        stands = self.begins is not None and desk.due_at > self.begins
        warns = None if stands else desk.warn_at
        return {
            f"{of}due_at": None if stands else desk.due_at.isoformat(),
            f"{of}warn_at": warns.isoformat() if warns else None,
        }

    def stand_still(
        self, desks: Mapping[str, Desk], begins: datetime, now: datetime
    ) -> Iterator[Told]:
        """It is approved: whatever would run out after `begins` has no due instant any more."""
        self.begins = begins
        yield from self._retimed(_running(desks, begins), now)

    def run_again(self, desks: Mapping[str, Desk], now: datetime) -> Iterator[Told]:
        """It ends now, and the clocks get back the time they stood."""
        begins, self.begins = self.begins, None
        if begins is None:
            return
        moved = _running(desks, begins)
        for desk in moved.values():
            stood = now - max(begins, desk.since or begins)
            desk.due_at, desk.warn_at = desk.due_at + stood, desk.warn_at and desk.warn_at + stood
        yield from self._retimed(moved, now)

    def _retimed(self, desks: Mapping[str, Desk], now: datetime) -> Iterator[Told]:
        for step, desk in desks.items():
            payload: dict[str, object] = {"step": step, "round": desk.round, "office": desk.office}
            yield facts.STEP_RETIMED, payload | self.timed(desk), now


def _running(desks: Mapping[str, Desk], begins: datetime) -> dict[str, Desk]:
    """The open steps that would run out after `begins`."""
    return {
        step: desk
        for step, desk in desks.items()
        if desk.open and desk.stopped_at is None and desk.due_at > begins
    }
