"""Whether a process can be used: asked of the process itself, never guessed from its age."""

import http.client
import json
import re
from http import HTTPStatus

from deploy.stack import cluster
from deploy.stack.layout import Stack
from deploy.stack.processes import Process, Ready

SECONDS = 2.0
ASKED = {
    Ready.TEMPORAL: ("temporal-http", "/api/v1/namespaces/temporal-system"),
    Ready.KEYCLOAK: ("keycloak-management", "/health/ready"),
}
CONNECTED = re.compile(rb"^cornerpost_connected(\{.*\})? 1(\.0)?$", re.MULTILINE)
"""What a worker or relay says of itself while Temporal answers it."""

PATHS = {Ready.READYZ: "/readyz", Ready.HEALTHZ: "/healthz", Ready.METRICS: "/metrics"}


def ready(process: Process, stack: Stack) -> bool:
    """One question, answered within two seconds."""
    if process.ready is Ready.POSTGRES:
        return cluster.accepts(stack)
    name, path = ASKED.get(process.ready) or (process.name, PATHS[process.ready])
    said = _asked(stack.port(name), path)
    if said is None or process.ready is not Ready.METRICS:
        return said is not None
    return CONNECTED.search(said) is not None


def lacking(process: Process, stack: Stack) -> tuple[str, ...]:
    """What a service that is ready says that its operator has not connected."""
    if process.ready is not Ready.READYZ:
        return ()
    said = _asked(stack.port(process.name), PATHS[Ready.READYZ])
    told = json.loads(said) if said else {}
    return tuple(told.get("lacking", ()))


def _asked(port: int, path: str) -> bytes | None:
    """Asked with the plainest client there is: this is done some hundred times in a start."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.read() if answer.status == HTTPStatus.OK else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
