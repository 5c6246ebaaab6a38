"""Sweeping: once an hour the worker removes ground checks whose time is over."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.unit_of_work import Works
from kernel.authority import clockwork
from services.cadastre.acts.sweep_checks import sweep_checks
from services.cadastre.settings import Settings

EVERY: Final = 3600.0  # seconds between two rounds

BY = clockwork("cadastre")
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Sweeping:
    """Several workers may sweep: what one has removed is not there for the others."""

    works: Works
    settings: Settings
    ready: Callable[[], None]  # comes back when the database is there and is ours
    broken: Callable[[], None]  # told of a mistake of ours before it is raised
    every: float = EVERY
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def start(self) -> None:
        self.thread = threading.Thread(target=self.work, name="sweeping", daemon=True)
        self.thread.start()

    def end(self) -> None:
        """Stop after the transaction that is under way."""
        self.stop.set()
        if self.thread is not None:
            self.thread.join(timeout=10)

    def work(self) -> None:
        try:
            self.ready()
            while not self.stop.is_set():
                self._round()
                self.stop.wait(self.every)
        except BaseException:
            self.broken()
            raise

    def _round(self) -> None:
        try:
            removed = self.sweep()
        except (DBAPIError, PoolTimeout) as away:
            log.warning("sweeping.database_away", error=type(away).__name__)
        else:
            log.info("sweeping.done", removed=removed)

    def sweep(self) -> int:
        """All that is to go now, in transactions that hold nobody up; how many checks."""
        public = timedelta(days=self.settings.days_of_public_checks)
        days = self.settings.days_of_signed_in_checks
        signed_in = None if days is None else timedelta(days=days)
        removed = 0
        while not self.stop.is_set():
            some = self.works.run(BY, lambda work: sweep_checks(work, public, signed_in))
            removed += some
            if not some:
                break
        return removed
