"""A line to a server that a test can cut and mend, and whether a process behind it says so."""

import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx

from tests.served import eventually

CHUNK = 65536


class Line(socketserver.ThreadingTCPServer):
    """Passes everything on to the server while it is whole; cut, it hangs up on everybody."""

    allow_reuse_address = True
    daemon_threads = True
    cut = False

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        host, _, port = server.rpartition(":")
        self.beyond = (host, int(port))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Call(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        line = self.server
        assert isinstance(line, Line)
        if line.cut:
            return
        with suppress(OSError), socket.create_connection(line.beyond, timeout=5) as beyond:
            other = {self.request: beyond, beyond: self.request}
            while not line.cut:
                for one in select.select(list(other), [], [], 0.05)[0]:
                    said = one.recv(CHUNK)
                    if not said:
                        return
                    other[one].sendall(said)


@contextmanager
def line_to(server: str) -> Iterator[Line]:
    with Line(server) as line:
        thread = threading.Thread(target=line.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield line
        finally:
            line.cut = True
            line.shutdown()
            thread.join()


def cut_and_mend(line: Line, metrics_port: int) -> None:
    """Twice, and each time the process behind it must come to say so."""
    for cut in (True, False, True, False):
        line.cut = cut
        eventually(lambda: connected(metrics_port) == (not line.cut), f"cut: {cut}, unsaid", 60)


def connected(metrics_port: int) -> bool | None:
    """What a worker or relay says of its way to Temporal; None while it says nothing."""
    try:
        text = httpx.get(f"http://127.0.0.1:{metrics_port}/metrics", trust_env=False).text
    except httpx.TransportError:
        return None
    said = [line for line in text.splitlines() if line.startswith("cornerpost_connected")]
    return float(said[0].rpartition(" ")[2]) == 1 if said else None
