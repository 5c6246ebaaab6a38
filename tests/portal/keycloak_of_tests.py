"""Keycloak's token endpoint as the portal meets it: codes, rotating refresh tokens, its outages."""

import base64
import hashlib
import json
import secrets
import time
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from joserfc import jwt

from portal.signin.keycloak import LOGGED_OUT
from tests.token_issuer import TokenIssuer

CLIENT = {"staff": "portal", "public": "portal-public"}


class KeycloakOfTests:
    """`away` and `over` are its moods; `renewals` counts what it gave for refresh tokens."""

    def __init__(self) -> None:
        self.tokens = TokenIssuer("licensing", seconds=7 * 86400)  # clocks are moved
        self.codes: dict[str, dict[str, str]] = {}
        self.refresh = dict[str, dict[str, Any]]()
        self.away = self.over = False
        self.renewals = 0
        self.seconds = 600

    def close(self) -> None:
        self.tokens.close()

    def settings(self) -> dict[str, str]:
        return self.tokens.settings()

    def sign_in(self, location: str, sub: str, **claims: Any) -> str:
        """Somebody signs in at the address the portal led to; gives the way back, less its host."""
        asked = dict(parse_qsl(urlsplit(location).query))
        realm = urlsplit(location).path.split("/")[1]
        code = secrets.token_hex(8)
        self.codes[code] = asked | {"realm": realm, "claims": json.dumps({"sub": sub} | claims)}
        return f"/signin/callback?state={asked['state']}&code={code}"

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("away")
        form = {name: given[0] for name, given in parse_qs(request.content.decode()).items()}
        realm = request.url.path.split("/")[1]
        assert form["client_id"] == CLIENT[realm]
        if form["grant_type"] == "refresh_token":
            return self._renew(realm, form)
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["realm"] != realm:
            return httpx.Response(400, json={"error": "invalid_grant"})
        claims = json.loads(asked["claims"]) | {"nonce": asked["nonce"]}
        return self._answer(realm, {"acr": "1", "sid": secrets.token_hex(4)} | claims)

    def _renew(self, realm: str, form: dict[str, str]) -> httpx.Response:
        known = self.refresh.pop(form["refresh_token"], None)
        if known is None or self.over:
            return httpx.Response(400, json={"error": "invalid_grant"})
        self.renewals += 1
        return self._answer(realm, known)

    def _answer(self, realm: str, claims: dict[str, Any]) -> httpx.Response:
        refresh = secrets.token_hex(8)
        self.refresh[refresh] = claims
        return httpx.Response(200, json={
            "access_token": f"access-{secrets.token_hex(6)}",
            "refresh_token": refresh,
            "expires_in": self.seconds,
            "id_token": self.identity(realm, **claims),
        })

    def identity(self, realm: str, **claims: Any) -> str:
        return self.tokens.token(realm, claims.pop("sub"), **{"aud": CLIENT[realm]} | claims)

    def logout_token(self, realm: str, **claims: Any) -> str:
        now = int(time.time())
        told = {
            "iss": self.tokens.realm(realm), "aud": CLIENT[realm], "iat": now, "exp": now + 60,
            "jti": secrets.token_hex(4), "events": {LOGGED_OUT: {}},
        }
        return jwt.encode({"alg": "ES256", "kid": "k1"}, told | claims, self.tokens.key)
