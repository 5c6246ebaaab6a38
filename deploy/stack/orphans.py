"""Finds and ends the processes that a killed supervisor left behind."""

import os
import signal
import time
from pathlib import Path

from deploy.stack.layout import Refused, Stack

MARK = "CORNERPOST_STACK"
"""Every supervised process carries the stack's folder under this name."""

PATIENCE = 20.0
LAST = 5.0


def left_behind(stack: Stack) -> list[int]:
    """The pids of processes that were started for this stack, whoever is their parent now."""
    mark = f"{MARK}={stack.data}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            marked = mark in entry.read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it has ended, or it is somebody else's
        if marked:
            found.append(int(entry.parent.name))
    return found


def end(stack: Stack) -> int:
    """End them in order, by force those that will not; answer how many there were.

    To be called only when no supervisor keeps them. Raises Refused for one that cannot be ended.
    """
    number = len(left_behind(stack))
    for how, seconds in ((signal.SIGINT, PATIENCE), (signal.SIGKILL, LAST)):
        if _gone(stack, how, seconds):
            return number
    raise Refused(f"These processes of an earlier start do not end: {left_behind(stack)}")


def _gone(stack: Stack, how: signal.Signals, seconds: float) -> bool:
    for pid in left_behind(stack):
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            continue
    until = time.monotonic() + seconds
    while left_behind(stack):
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True
