"""A reverse proxy as an operator has one: it ends TLS, and passes on by the name it was asked."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from tests.messages.own_authority import OwnAuthority

BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
CALLER = "203.0.113.7"
"""Who the proxy says that calls: a browser somewhere in the world."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """`asked` grows with every request: its name and its path."""

    port: int
    authority: Path
    asked: list[tuple[str, str]] = field(default_factory=list)

    def ways(self) -> httpx.BaseTransport:
        """How a browser gets there: every name is this proxy, which must prove that it is."""
        return ByName(self.port, ssl.create_default_context(cafile=self.authority))


class ByName(httpx.HTTPTransport):
    """Connects to one port of this machine, whatever host is asked for; plain HTTP goes nowhere."""

    def __init__(self, port: int, trusted: ssl.SSLContext) -> None:
        super().__init__(verify=trusted)
        self.port = port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https", f"a browser was led to {request.url}"
        named = {**request.extensions, "sni_hostname": request.url.host}
        here = request.url.copy_with(host="127.0.0.1", port=self.port)
        return super().handle_request(
            httpx.Request(
                request.method, here, headers=request.headers, stream=request.stream,
                extensions=named,
            )
        )


@contextmanager
def tls_proxy(leads_to: Mapping[str, str], folder: Path) -> Iterator[Proxy]:
    """In front of servers on this machine: host name -> their address."""
    authority = OwnAuthority(folder)
    asked: list[tuple[str, str]] = []

    class PassesOn(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            host = self.headers["Host"]
            asked.append((host, self.path.partition("?")[0]))
            told = {n: v for n, v in self.headers.items() if n.lower() not in BY_HOP}
            told |= {"X-Forwarded-For": CALLER, "X-Forwarded-Proto": "https",
                     "X-Forwarded-Host": host, "X-Forwarded-Port": "443"}
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with httpx.Client(timeout=60) as behind:
                answer = behind.request(
                    self.command, leads_to[host] + self.path, headers=told, content=body
                )
            self.send_response(answer.status_code)
            for name, value in answer.headers.multi_items():
                if name not in {*BY_HOP, "content-encoding"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = pass_on  # noqa: N815 - the names by which it is called

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: what was asked is kept in `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), PassesOn)
    first, *more = leads_to
    server.socket = authority.server(first, *more).wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Proxy(server.server_port, authority.file, asked)
    finally:
        server.shutdown()
        server.server_close()
