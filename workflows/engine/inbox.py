"""Puts a case's facts back in order, whatever was doubled, late or lost on the way."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from workflows.engine.turn import Fact

F = TypeVar("F", bound=Fact)


class Inbox(Generic[F]):
    """Facts that came but are not folded yet. `done` is the newest one folded."""

    __slots__ = ("_ahead", "done")

    def __init__(self, done: int = 0) -> None:
        self.done = done
        self._ahead: dict[int, F] = {}

    def __len__(self) -> int:
        return len(self._ahead)

    def put(self, fact: F) -> None:
        """Keep a fact for its turn; one with a lower or equal number than `done` is dropped."""
        if fact.seq > self.done:
            self._ahead.setdefault(fact.seq, fact)

    def extend(self, facts: Iterable[F]) -> None:
        for fact in facts:
            self.put(fact)

    def take(self) -> F | None:
        """The next fact in order, or None when there is none or one is missing before it."""
        fact = self._ahead.pop(self.done + 1, None)
        if fact is not None:
            self.done += 1
        return fact

    def gap(self) -> tuple[int, int] | None:
        """(after, upto): numbers after < n <= upto are missing before the facts that came."""
        if not self._ahead:
            return None
        first = min(self._ahead)
        return None if first == self.done + 1 else (self.done, first - 1)
