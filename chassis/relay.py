"""The relay: brings a service's facts to the workflows, in their order, however long it takes."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

import psycopg
import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import Row, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from temporalio.service import RPCError, RPCStatusCode

from chassis import outbox
from chassis.database import Database, around, open_database, url_of
from chassis.process import serve_metrics, stop_on_signals, wait_for_stack
from chassis.pulse import CONNECTED
from chassis.settings import ServiceSettings
from chassis.tables import outbox as rows
from chassis.telemetry import configure_logs
from chassis.temporal import Temporal, Told
from kernel.events import CaseRef, Event

IN_FLIGHT: Final = 8
POLL_SECONDS: Final = 1.0
SLEEP_SECONDS: Final = 30.0
LONGEST_PAUSE: Final = 5.0
LONGEST_BACKOFF: Final = timedelta(minutes=1)
OUTAGE: Final = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.UNAUTHENTICATED,
        RPCStatusCode.PERMISSION_DENIED,
    }
)

SENT: Final = Counter("cornerpost_outbox_sent_total", "Facts told to workflows")
FAILED: Final = Counter("cornerpost_outbox_failed_total", "Tries that failed", ("kind",))
UNSENT: Final = Gauge("cornerpost_outbox_unsent", "Facts that no workflow has heard of yet")

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What came of one look into the outbox."""

    TOLD = "told"
    MORE = "more"
    ROW_FAILED = "row-failed"
    NOTHING = "nothing"
    AWAY = "away"


class Teller(Protocol):
    """Who brings a fact to its workflow. Raises RPCError or RuntimeError when it cannot."""

    def tell(self, told: Told) -> None: ...


@dataclass(slots=True)
class Relay:
    """Takes rows of the outbox and tells them, to `IN_FLIGHT` workflows at a time, until stopped.

    A row is taken only when no earlier row of the same workflow is unsent, so several relays keep
    the order; what waits behind it for the same workflow is taken with it. The first row stays
    locked while they are told; a relay that dies leaves them unsent, and the next one tells them
    again under the same request ids. A row that fails for a reason of its own waits until its
    `next_try` and blocks nobody else; an outage of Temporal or PostgreSQL is waited out.
    """

    database: Database
    teller: Teller
    stop: threading.Event = field(default_factory=threading.Event)
    news: threading.Condition = field(default_factory=threading.Condition)
    heard: int = 0
    mistake: BaseException | None = None

    def deliver_one(self) -> Outcome:
        """Tell one workflow what waits for it, at most `outbox.TOGETHER` rows, in their order."""
        with self.database.sessions.begin() as session:
            waiting = outbox.take(session, around(session).clock.real_now())
            if not waiting:
                return Outcome.NOTHING  # or the training clock is being moved
            if waiting[0].others:
                self.wake(1)
            return self._tell(session, waiting)

    def _tell(self, session: Session, waiting: Sequence[Row[Any]]) -> Outcome:
        here = around(session)
        offset, sent = here.clock.offset(session), list[int]()
        more = waiting[0].others or len(waiting) == outbox.TOGETHER
        outcome = Outcome.MORE if more else Outcome.TOLD
        for row in waiting:
            try:
                self.teller.tell(_told(here.service, row, offset))
            except (RPCError, RuntimeError, ValueError) as failure:
                outcome = self._failed(session, row, failure)
                break
            sent.append(row.id)
        if sent:
            at = here.clock.real_now() + timedelta(seconds=offset)
            told = update(rows).where(rows.c.id.in_(sent))
            session.execute(told.values(sent_at=at, last_error=None))
            SENT.inc(len(sent))
        return outcome

    def _failed(self, session: Session, row: Row[Any], failure: Exception) -> Outcome:
        if _is_outage(failure):
            FAILED.labels("outage").inc()
            CONNECTED.set(0)
            log.warning("relay.temporal_away", error=type(failure).__name__)
            return Outcome.AWAY
        FAILED.labels("row").inc()
        wait = min(timedelta(seconds=2 ** min(row.attempts, 10)), LONGEST_BACKOFF)
        now = around(session).clock.real_now()
        session.execute(
            update(rows)
            .where(rows.c.id == row.id)
            .values(attempts=rows.c.attempts + 1, next_try=now + wait, last_error=_reason(failure))
        )
        log.warning("relay.row_failed", row=row.id, attempts=row.attempts + 1)
        return Outcome.ROW_FAILED

    def work(self, number: int) -> None:
        """One of the threads: the first looks every second, the others when there is news."""
        pause = 0.0
        while not self.stop.is_set():
            known, outcome = self.heard, self._try_one()
            pause = min(max(2 * pause, 0.5), LONGEST_PAUSE) if outcome is Outcome.AWAY else 0.0
            if outcome is Outcome.AWAY:
                self.stop.wait(pause)
            elif outcome in (Outcome.NOTHING, Outcome.TOLD):
                self._rest(known, POLL_SECONDS if number == 0 else SLEEP_SECONDS)

    def _try_one(self) -> Outcome:
        try:
            return self.deliver_one()
        except (DBAPIError, PoolTimeout) as away:
            log.warning("relay.database_away", error=type(away).__name__)
            return Outcome.AWAY
        except BaseException as mistake:
            self.mistake = mistake
            self.stop.set()
            raise

    def _rest(self, known: int, seconds: float) -> None:
        """Wait, unless there was news since the look that found nothing more to do."""
        with self.news:
            if self.heard == known and not self.stop.is_set():
                self.news.wait(seconds)

    def hear(self) -> None:
        """Something was committed: one thread looks now, and whoever is at work looks again."""
        with self.news:
            self.heard += 1
            self.news.notify()

    def wake(self, threads: int = IN_FLIGHT) -> None:
        with self.news:
            self.news.notify(threads)

    def run(self, listen: Callable[["Relay"], None] | None = None) -> None:
        """Work until `stop` is set; what is being told then is still finished. Raises mistakes."""
        threads = [
            threading.Thread(target=self.work, args=(n,), name=f"relay-{n}")
            for n in range(IN_FLIGHT)
        ]
        for thread in threads:
            thread.start()
        if listen is not None:
            listen(self)
        self.stop.wait()
        self.wake()
        for thread in threads:
            thread.join()
        if self.mistake is not None:
            raise self.mistake


def _is_outage(failure: Exception) -> bool:
    """Whether the next row would fail in the same way."""
    if isinstance(failure, RPCError):
        return failure.status in OUTAGE
    return not isinstance(failure, ValueError)


def _reason(failure: Exception) -> str:
    if isinstance(failure, RPCError):
        return f"{failure.status.name}: {failure.message}"[:300]
    return type(failure).__name__


def _told(service: str, row: Row[Any], offset: int) -> Told:
    return Told(
        workflow=row.workflow,
        workflow_id=row.workflow_id,
        event=Event.model_validate(row.event),
        start=CaseRef(subject=row.subject, clock_offset=offset, last_seq=0),
        request_id=f"{service}:{row.id}",
    )


def listener(settings: ServiceSettings) -> Callable[[Relay], None]:
    """Wakes a relay when PostgreSQL tells of new rows; the relay's own look is its fallback."""
    address = url_of(settings.database).set(drivername="postgresql")
    conninfo = address.render_as_string(hide_password=False)

    def listen(relay: Relay) -> None:
        while not relay.stop.is_set():
            try:
                _listen_once(conninfo, relay)
            except psycopg.OperationalError as away:
                log.warning("relay.listener_away", error=type(away).__name__)
                relay.stop.wait(1.0)

    return listen


def _listen_once(conninfo: str, relay: Relay) -> None:
    with psycopg.connect(conninfo, autocommit=True, connect_timeout=3) as connection:
        connection.execute(f"listen {outbox.CHANNEL}")
        relay.hear()  # what was committed before anybody listened
        while not relay.stop.is_set():
            for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                relay.hear()


def run_relay(settings: ServiceSettings) -> None:
    """The relay process of a service; ends at SIGTERM or when the database is another stack's."""
    configure_logs(settings, f"{settings.service}-relay")
    own = settings.model_copy(update={"pool": IN_FLIGHT})
    database = open_database(own)
    stop = stop_on_signals()
    serve_metrics(settings)
    wait_for_stack(database, stop.is_set)
    UNSENT.set_function(lambda: _count(database))
    teller = Temporal(settings)
    teller.feel(CONNECTED.set)
    log.info("relay.started")
    Relay(database, teller, stop).run(listener(settings))
    teller.close()
    database.close()


def _count(database: Database) -> float:
    try:
        with Session(database.aside) as session:
            return float(outbox.waiting(session))
    except (DBAPIError, PoolTimeout):
        return float("nan")
