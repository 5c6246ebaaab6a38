"""Waiting for the ring: what one act sets going elsewhere arrives a moment later."""

import time
from collections.abc import Callable
from typing import TypeVar

from deploy.stack.layout import Refused

T = TypeVar("T")
SECONDS = 180.0
"""Three times the longest pause between two tries after an outage, so on a busy machine too."""
EVERY = 0.1


def until(what: str, ask: Callable[[], T | None], seconds: float = SECONDS) -> T:
    """The first answer that is neither None, False nor empty. Raises Refused when none comes."""
    last = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > last:
            raise Refused(f"Waited {seconds:g} s in vain until {what}. Look at the logs")
        time.sleep(EVERY)
