"""Faults: what concerns one payment or batch, and what concerns everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog

from chassis.outages import problem_of
from chassis.unit_of_work import is_worth_a_repeat
from kernel.problems import TryLater

log = structlog.get_logger(__name__)


def is_outage(error: Exception) -> bool:
    """Whether the database cannot be reached, or has no place: nothing else can be done either."""
    return isinstance(problem_of(error), TryLater) and not is_worth_a_repeat(error)


@contextmanager
def of_one(kind: str, which: UUID | None = None) -> Iterator[None]:
    """Keep a fault of one thing from all others: it is logged, and tried again when it is due.

    An outage is raised.
    """
    try:
        yield
    except Exception as fault:
        if is_outage(fault):
            raise
        log.exception("watch.fault", of=kind, which=which and str(which))
