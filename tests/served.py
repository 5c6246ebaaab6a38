"""What tests of running processes need: a free port, a served service, patience with an end."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

PATIENCE = 10.0  # seconds


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def eventually(true: Callable[[], bool], otherwise: str, seconds: float = PATIENCE) -> None:
    """Wait until it is true, at most so long."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, otherwise
        time.sleep(0.02)


@contextmanager
def served_on(port: int, app: FastAPI) -> Iterator[str]:
    """The service on a port of this machine, for browsers and callbacks; gives its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started, "the service does not come up", 20)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=15)
