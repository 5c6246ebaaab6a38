"""Whether a process can be used: asked of the process itself, never guessed from its age."""

import http.client
from http import HTTPStatus

from deploy.stack import cluster
from deploy.stack.layout import Stack
from deploy.stack.processes import Process, Ready

SECONDS = 2.0
ASKED = {
    Ready.TEMPORAL: ("temporal-http", "/api/v1/namespaces/temporal-system"),
    Ready.KEYCLOAK: ("keycloak-management", "/health/ready"),
}
PATHS = {Ready.READYZ: "/readyz", Ready.HEALTHZ: "/healthz", Ready.METRICS: "/metrics"}


def ready(process: Process, stack: Stack) -> bool:
    """One question, answered within two seconds."""
    if process.ready is Ready.POSTGRES:
        return cluster.accepts(stack)
    name, path = ASKED.get(process.ready) or (process.name, PATHS[process.ready])
    return _answers(stack.port(name), path)


def _answers(port: int, path: str) -> bool:
    """Asked with the plainest client there is: this is done some hundred times in a start."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
