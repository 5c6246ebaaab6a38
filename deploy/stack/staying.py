"""Stays with a running stack until it is told to end: what a container has for a process."""

import signal
import threading
from typing import Final

from deploy.stack.down import stop_all
from deploy.stack.layout import Refused, Stack
from deploy.stack.supervision import Supervisor
from deploy.stack.up import alone

EVERY: Final = 1.0  # seconds between two looks at the supervisor


def ending() -> threading.Event:
    """Is set when this process is told to end. Ask for it before the stack is started."""
    told = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: told.set())
    return told


def stay(stack: Stack, told: threading.Event) -> None:
    """Until `told`, and then stop everything in its order; its data stays.

    Or until another command has stopped it. Raises Refused when the supervisor ends by itself:
    whoever started this is to start it again.
    """
    while not told.wait(EVERY):
        if not Supervisor(stack).alive():
            if _was_stopped(stack):
                return
            raise Refused(f"The supervisor ended; its log is {stack.log('supervisor')}")
    with alone(stack):
        stop_all(stack)


def _was_stopped(stack: Stack) -> bool:
    """By `down`, which may be erasing it now, or may have done so."""
    try:
        return Supervisor(Stack.recorded(stack.data)).told_to_stop.exists()
    except Refused:
        return True
