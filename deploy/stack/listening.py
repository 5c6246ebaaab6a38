"""Where a stack listens: on loopback, or, in a container, where the container is reached too."""

from typing import Final

from deploy.stack.layout import Refused, Stack
from deploy.stack.processes import Process, Ready

LISTEN: Final = "CORNERPOST_LISTEN"
LOOPBACK: Final = "127.0.0.1"
EVERYWHERE: Final = "0.0.0.0"
"""Loopback among it: the parts of a stack go on asking each other there."""


def listens_at(stack: Stack) -> str:
    """The address that the doors are bound to. Raises Refused for any but these two."""
    told = stack.given.get(LISTEN, LOOPBACK)
    if told not in (LOOPBACK, EVERYWHERE):
        raise Refused(f"{LISTEN} is {LOOPBACK} or {EVERYWHERE}, not {told!r}")
    return told


def is_door(process: Process) -> bool:
    """Whether it judges by itself who calls: services, portal and Keycloak, and nothing else."""
    return process.ready in (Ready.READYZ, Ready.KEYCLOAK)
