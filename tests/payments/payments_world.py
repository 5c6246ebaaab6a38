"""The world around payments in tests: an issuer of tokens and the fake operator."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

PATIENCE = 10.0


class TokenIssuer:
    """Both realms of a token issuer, with one key."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
        told = json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def token(self, realm: str, sub: str, **claims: Any) -> str:
        now = int(time.time())
        told = {
            "iss": f"{self.url}/{realm}",
            "sub": sub,
            "aud": ["payments"],
            "azp": "portal" if realm == "staff" else "portal-public",
            "typ": "Bearer",
            "exp": now + 900,
            "iat": now,
            "auth_time": now,
            "acr": "2" if realm == "staff" else "1",
        }
        return jwt.encode({"alg": "ES256", "kid": "k1"}, told | claims, self.key)


@dataclass
class Operator:
    """The fake operator's doors for tests."""

    url: str
    http: httpx.Client = field(default_factory=httpx.Client)

    def wait(self) -> None:
        eventually(lambda: self._up(), "the operator does not come up", 20)

    def _up(self) -> bool:
        try:
            return self.http.get(f"{self.url}/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def fault(self, payer: str = "*", **mode: Any) -> None:
        self.http.put(f"{self.url}/control/faults/{payer}", json=mode).raise_for_status()

    def clear(self) -> None:
        self.http.delete(f"{self.url}/control/faults").raise_for_status()

    def forge(self, url: str, **members: Any) -> str:
        asked = {"url": url, "members": members}
        answer: str = self.http.post(f"{self.url}/control/forge", json=asked).json()["answer"]
        return answer

    def transaction(self, payment: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"{self.url}/responses/{payment}").json()
        return found

    def completed(self, payment: str) -> bool:
        return self.transaction(payment).get("transactionStatus") == "completed"

    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.http.get(f"{self.url}/control/calls").json()
        return found

    def reverse(self, reference: str) -> None:
        self.http.post(f"{self.url}/transactions/{reference}/reversals").raise_for_status()


def eventually(true: Callable[[], bool], otherwise: str, seconds: float = PATIENCE) -> None:
    """Wait until it is true, at most so long."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, otherwise
        time.sleep(0.02)
