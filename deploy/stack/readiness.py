"""Whether a process can be used: asked of the process itself, never guessed from its age."""

from collections.abc import Callable

import httpx

from deploy.keycloak.start import is_ready
from deploy.stack import cluster
from deploy.stack.layout import Stack
from deploy.stack.processes import Process, Ready

PATHS = {Ready.READYZ: "/readyz", Ready.HEALTHZ: "/healthz", Ready.METRICS: "/metrics"}
SECONDS = 2.0


def ready(process: Process, stack: Stack) -> bool:
    """One question, answered within two seconds."""
    if process.ready in PATHS:
        return _answers(f"{stack.address(process.name)}{PATHS[process.ready]}")
    foreign: dict[Ready, Callable[[], bool]] = {
        Ready.POSTGRES: lambda: cluster.accepts(stack),
        Ready.TEMPORAL: lambda: _answers(
            f"{stack.address('temporal-http')}/api/v1/namespaces/temporal-system"
        ),
        Ready.KEYCLOAK: lambda: is_ready(stack.port("keycloak-management")),
    }
    return foreign[process.ready]()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=SECONDS, trust_env=False).is_success
    except httpx.TransportError:
        return False
