"""Upkeep of the portal's database: what is over goes, and another stack's is not touched."""

import threading
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError

from chassis.clock import Clock
from chassis.database import Database, check_stack
from kernel.problems import TryLater
from portal.store import sessions, sheets
from portal.store.door import opened

EVERY: Final = 3600.0  # seconds

log = structlog.get_logger(__name__)


def refuse_foreign(database: Database) -> None:
    """Raise StackMismatch for the database of a stack of the other mode.

    One that is away is no reason not to start: pages for everybody do without it.
    """
    try:
        check_stack(database)
    except DBAPIError as away:
        log.warning("database.away", error=type(away.orig).__name__)


def sweep(database: Database, clock: Clock) -> int:
    """Remove sessions long over and sheets whose time has come; how many that were."""
    now = clock.real_now()
    with opened(database) as door:
        return sessions.sweep(door, now) + sheets.sweep(door, now)


def keep_swept(database: Database, clock: Clock, stop: threading.Event) -> None:
    """Sweep from time to time until told to stop."""
    while not stop.wait(EVERY):
        try:
            number = sweep(database, clock)
        except TryLater:
            log.warning("sessions.not_swept")
        else:
            log.info("sessions.swept", number=number)
