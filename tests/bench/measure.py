"""A measure: what we do in a time, beside the limit of the same machine in the same minutes."""

import statistics
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, Final

ROUNDS: Final = 5
THREADS: Final = 8
Rate = Callable[[int], float]
"""Carries out one round (its number is given) and answers how many were done in a second."""


@dataclass(frozen=True, slots=True)
class Measure:
    """`ours` and `limit` are rates in `unit`. The goal is the ratio's, or ours without a limit.

    Without a goal it is there to explain another measure.
    """

    name: str
    ours: float
    limit: float | None
    goal: float | None
    unit: str
    seed: int

    @property
    def ratio(self) -> float | None:
        return None if self.limit is None else self.ours / self.limit

    @property
    def met(self) -> bool | None:
        reached = self.ours if self.ratio is None else self.ratio
        return None if self.goal is None else reached >= self.goal

    def row(self) -> dict[str, Any]:
        return asdict(self) | {"ratio": self.ratio, "met": self.met}

    def say(self) -> str:
        limit = "-" if self.limit is None else f"{self.limit:,.1f}"
        ratio = "-" if self.ratio is None else f"{self.ratio:.3f}"
        goal = "-" if self.goal is None else f"{self.goal:g}"
        verdict = {True: "met", False: "short", None: "-"}[self.met]
        told = f"{self.ours:>12,.1f} {limit:>12} {ratio:>8} {goal:>8} {verdict:>6}"
        return f"{self.name:<14}{told}  {self.unit}"


HEADING: Final = f"{'measure':<14}{'ours':>12} {'limit':>12} {'ratio':>8} {'goal':>8}"


def interleaved(ours: Rate, limit: Rate, rounds: int = ROUNDS) -> tuple[float, float]:
    """Medians of both, taken in turn so that a busy minute slows both; one round to warm up."""
    ours(0), limit(0)
    pairs = [(ours(n), limit(n)) for n in range(1, rounds + 1)]
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)


def rate_of(act: Callable[[Any], object], things: Iterable[Any], threads: int = THREADS) -> float:
    """Do something to each thing, several at a time; answers how many in a second."""
    todo = list(things)
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(act, todo):
            pass
    return len(todo) / (time.perf_counter() - began)
