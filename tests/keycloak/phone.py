"""A stand-in for the phone provider of realm public: two pages, codes kept in memory."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from chassis.signing import PublicKey, TokenSigner

FORM = (
    '<form method="post" action="{action}"><input type="hidden" name="ticket" value="{ticket}">'
    '<input name="{field}"></form>'
)


class PhoneStandIn:
    """Serves the pages on `port`; `codes` shows what each number was sent.

    It also stands for the portal where Keycloak tells of sessions that ended.
    """

    def __init__(self, port: int, client_secret: str) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.issuer = f"{self.address}/phone"
        self.codes: dict[str, str] = {}
        self.subscribers: dict[str, str] = {}
        self._key = ECKey.generate_key("P-256", {"kid": "p1", "use": "sig", "alg": "ES256"})
        self._secret = client_secret
        self._tickets: dict[str, dict[str, str]] = {}
        routes = [
            Route("/phone/authorize", self._ask_number),
            Route("/phone/send", self._send, methods=["POST"]),
            Route("/phone/check", self._check, methods=["POST"]),
            Route("/phone/token", self._token, methods=["POST"]),
            Route("/phone/jwks", self._jwks),
            Route("/signin/backchannel", self._told_of_end, methods=["POST"]),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=port, log_level="error")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)

    def subscriber(self, number: str) -> str:
        """The stable id behind a number, made at first use."""
        return self.subscribers.setdefault(number, str(uuid4()))

    def assertion(self, number: str, audience: str, **other: object) -> str:
        """What a channel without a browser shows Keycloak (RFC 7523)."""
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": self.subscriber(number), "aud": audience, "iat": now,
            "exp": now + 60, "jti": secrets.token_hex(16),
        }
        return self._signed(claims | other)

    @property
    def signer(self) -> TokenSigner:
        """Signs as the provider does."""
        about = PublicKey("p1", "ES256", "phone", "phone.example", b"")
        return TokenSigner(about, self._key)

    async def _ask_number(self, request: Request) -> Response:
        ticket = secrets.token_hex(8)
        self._tickets[ticket] = dict(request.query_params)
        return HTMLResponse(FORM.format(action="/phone/send", ticket=ticket, field="phone"))

    async def _send(self, request: Request) -> Response:
        form = await _form(request)
        self._tickets[form["ticket"]]["number"] = form["phone"]
        self.codes[form["phone"]] = f"{secrets.randbelow(1_000_000):06d}"
        page = FORM.format(action="/phone/check", ticket=form["ticket"], field="code")
        return HTMLResponse(page)

    async def _check(self, request: Request) -> Response:
        form = await _form(request)
        asked = self._tickets[form["ticket"]]
        if self.codes.pop(asked["number"], None) != form["code"]:
            return HTMLResponse("Wrong code", 400)
        back = urlencode({"code": form["ticket"], "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 303)

    async def _token(self, request: Request) -> Response:
        form = await _form(request)
        proof = base64.b64encode(f"keycloak:{self._secret}".encode()).decode()
        asked = self._tickets.pop(form["code"])
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = request.headers.get("authorization") == f"Basic {proof}"
        if not known or challenge != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_client"}, 401)
        now, number = int(time.time()), asked["number"]
        identity = self._signed({
            "iss": self.issuer, "sub": self.subscriber(number), "aud": "keycloak", "iat": now,
            "exp": now + 60, "nonce": asked.get("nonce"), "phone_number": number,
            "auth_time": now,
        })
        return JSONResponse({
            "access_token": secrets.token_hex(8), "token_type": "Bearer", "expires_in": 60,
            "id_token": identity,
        })

    async def _told_of_end(self, _: Request) -> Response:
        """As the portal answers when Keycloak tells it of a session that has ended."""
        return Response()

    async def _jwks(self, request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    def _signed(self, claims: Mapping[str, object]) -> str:
        return jwt.encode({"alg": "ES256", "kid": "p1"}, dict(claims), self._key)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode()))
