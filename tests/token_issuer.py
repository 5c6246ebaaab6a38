"""A token issuer for tests: both realms with one key, on a port of its own."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey


class TokenIssuer:
    """Signs tokens for `audience`; `under` is the path before each realm's name."""

    def __init__(self, *audience: str, under: str = "", seconds: int = 900) -> None:
        self.audience, self.under, self.seconds = list(audience), under, seconds
        self.key = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
        told = json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        serve = {"poll_interval": 0.05}
        threading.Thread(target=self.server.serve_forever, kwargs=serve, daemon=True).start()

    def realm(self, name: str) -> str:
        """What a realm's tokens name as their issuer."""
        return f"{self.url}{self.under}/{name}"

    def settings(self) -> dict[str, str]:
        """Both realms as a service's settings name them; their keys are read here too."""
        staff, public = self.realm("staff"), self.realm("public")
        return {
            "staff_issuer": staff, "staff_jwks": staff,
            "public_issuer": public, "public_jwks": public,
        }

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def token(self, realm: str, sub: str, **claims: Any) -> str:
        now = int(time.time())
        told = {
            "iss": self.realm(realm),
            "sub": sub,
            "aud": self.audience,
            "azp": "portal" if realm == "staff" else "portal-public",
            "typ": "Bearer",
            "exp": now + self.seconds,
            "iat": now,
            "auth_time": now,
            "acr": "2" if realm == "staff" else "1",
        }
        return jwt.encode({"alg": "ES256", "kid": "k1"}, told | claims, self.key)

    def headers(self, realm: str, sub: str, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(realm, sub, **claims)}"}
