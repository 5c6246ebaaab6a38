"""The watch: finds out what became of payments whose callbacks never came."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from kernel.authority import clockwork
from services.payments.acts.plan_looks import plan_looks
from services.payments.faults import is_outage, of_one
from services.payments.paymaster import Paymaster
from services.payments.teller import Teller

EVERY: Final = 1.0  # seconds between two looks into the database
AT_ONCE: Final = 20
PAUSE: Final = 5.0  # after the database was away

BY = clockwork("payments")
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Watch:
    """Asks the provider about every payment whose end is not known, ever more rarely.

    Several workers may watch: a payment taken by one is skipped by the others.
    """

    teller: Teller
    paymaster: Paymaster
    every: float = EVERY
    stop: threading.Event = field(default_factory=threading.Event)
    ready: Callable[[], None] = lambda: None  # comes back when the database is there and is ours
    broken: Callable[[], None] = lambda: None  # told of a mistake of ours before it is raised
    thread: threading.Thread | None = None

    def start(self) -> None:
        self.thread = threading.Thread(target=self.work, name="watch", daemon=True)
        self.thread.start()

    def end(self) -> None:
        """Stop after the payment that is being asked about."""
        self.stop.set()
        if self.thread is not None:
            self.thread.join(timeout=10)

    def work(self) -> None:
        try:
            self.ready()
            while not self.stop.wait(self.every):
                self._round()
        except BaseException:
            self.broken()
            raise

    def _round(self) -> None:
        try:
            self.look()
            self.paymaster.work()
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("watch.database_away", error=type(error).__name__)
            self.stop.wait(PAUSE)

    def look(self) -> int:
        """One round: how many payments were asked about. A provider that is away ends it.

        A payment whose answer cannot be recorded does not: it is asked about later, as planned.
        """
        asked = 0
        taken = self.teller.works.run(BY, lambda work: plan_looks(work, AT_ONCE))
        for payment in taken:
            there = True
            with of_one("payment", payment):
                there = not self.stop.is_set() and self.teller.ask(payment)
            if not there:
                break
            asked += 1
        return asked
