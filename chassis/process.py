"""What workers and relays share: they wait for what they need, count, and end when told to."""

import signal
import threading
import time
from collections.abc import Callable
from typing import Final

import structlog
from prometheus_client import start_http_server
from sqlalchemy.exc import DBAPIError

from chassis.database import Database, check_stack
from chassis.settings import ProcessSettings, ServiceSettings

FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 5.0

log = structlog.get_logger(__name__)


def wait_for_stack(database: Database, stopped: Callable[[], bool] = lambda: False) -> None:
    """Come back when the database is there. Raises StackMismatch when it is another stack's."""
    seconds = FIRST_WAIT
    while not stopped():
        try:
            check_stack(database)
            return
        except DBAPIError as away:
            log.warning("database.away", error=type(away.orig).__name__)
        time.sleep(seconds)
        seconds = min(2 * seconds, LONGEST_WAIT)


def serve_metrics(settings: ProcessSettings) -> None:
    """Prometheus text on `metrics_port`, where one is set; loopback or the configured host."""
    if settings.metrics_port is not None:
        start_http_server(settings.metrics_port, addr=settings.host)


def tell_what_is_lacking(settings: ProcessSettings) -> None:
    """Write into the log what the operator has not connected; once, when the process begins."""
    for words in settings.lacking if isinstance(settings, ServiceSettings) else ():
        log.warning("service.lacking", what=words)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set; only for the main thread."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
