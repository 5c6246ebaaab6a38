"""The experiments by their numbers: each is run with a size and a seed, and gives its finding."""

from collections.abc import Callable
from typing import Final

from tests.experiments import r1, r3, r15
from tests.experiments.report import Finding

Experiment = Callable[[str, str, int], Finding]
"""(address of a PostgreSQL server as its superuser, size, seed)."""

EXPERIMENTS: Final[dict[str, Experiment]] = {"R1": r1.run, "R3": r3.run, "R15": r15.run}
