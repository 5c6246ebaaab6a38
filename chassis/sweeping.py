"""Sweeping: uploads that nobody goes on with do not fill the disk for ever."""

import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from chassis.clock import machine_now
from chassis.spool import FORGOTTEN, discard

EVERY: Final = 3600.0  # seconds

log = structlog.get_logger(__name__)


def sweep(root: Path, now: datetime) -> int:
    """Remove what has been forgotten below a service's folder; answer how many files that was.

    Unfinished uploads, and what a killed process was writing. Kept files are never touched.
    """
    oldest, number = (now - FORGOTTEN).timestamp(), 0
    for path in (*(root / "parts").glob("*/*"), *(root / "spool").glob("*")):
        number += discard(path, before=oldest)
    for person in (root / "parts").glob("*"):
        with suppress(OSError):  # another upload stands there
            person.rmdir()
    return number


def keep_swept(root: Path, stop: threading.Event) -> None:
    """Sweep now, and from time to time until told to stop."""
    while True:
        try:
            number = sweep(root, machine_now())
        except OSError as no:
            log.warning("files.not_swept", error=type(no).__name__)
        else:
            if number:
                log.info("files.swept", number=number)
        if stop.wait(EVERY):
            return
