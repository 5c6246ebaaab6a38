"""A small OpenID Connect client for tests, as Keycloak is one."""

import base64
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet

if TYPE_CHECKING:
    from post_office import PostOffice

SECRET = "the-secret-of-keycloak"


@dataclass
class Client:
    """Everything about it can be wrong."""

    office: "PostOffice"
    browser: httpx.Client
    secret: str = SECRET
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    page: httpx.Response | None = None

    @property
    def issuer(self) -> str:
        return self.office.settings.phone_issuer

    def question(self, **other: str | None) -> dict[str, str]:
        digest = sha256(self.verifier.encode()).digest()
        asked = {
            "client_id": "keycloak",
            "redirect_uri": self.office.settings.phone_redirect,
            "response_type": "code",
            "scope": "openid",
            "state": "st&te",
            "nonce": "n-1",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        } | other
        return {name: value for name, value in asked.items() if value is not None}

    def ask(self, **other: str | None) -> httpx.Response:
        self.page = self.browser.get(f"{self.issuer}/authorize", params=self.question(**other))
        return self.page

    def fill(self, form: str = "", **values: str) -> httpx.Response:
        """Fill in the page's form (or the one whose action ends so), with its hidden fields."""
        assert self.page is not None
        forms = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', self.page.text)
        action, body = next(one for one in forms if one[0].endswith(form))
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', body))
        to = f"{urlsplit(self.issuer).scheme}://{urlsplit(self.issuer).netloc}{action}"
        answer = self.browser.post(to, data=hidden | values)
        self.page = answer if "<form" in answer.text else self.page
        return answer

    def answer(self, number: str) -> dict[str, str]:
        """Through both pages; what came back to the client."""
        self.ask()
        self.fill(phone=number)
        return self.landed(self.fill("/code", code=self.office.telecom.code(number)))

    def landed(self, answer: httpx.Response) -> dict[str, str]:
        assert answer.status_code == 303, answer.text
        to = answer.headers["location"]
        assert to.startswith(self.office.settings.phone_redirect + "?")
        return dict(parse_qsl(urlsplit(to).query))

    def redeem(self, code: str, **other: Any) -> httpx.Response:
        told = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.office.settings.phone_redirect,
            "code_verifier": self.verifier,
        } | other
        return httpx.post(f"{self.issuer}/token", data=told, auth=("keycloak", self.secret))

    def claims(self, identity: str) -> dict[str, Any]:
        """Verified by the published keys."""
        found = KeySet.import_key_set(httpx.get(f"{self.issuer}/jwks").json())
        return dict(jwt.decode(identity, found, algorithms=["ES256"]).claims)

    def sign_in(self, number: str) -> dict[str, Any]:
        answer = self.redeem(self.answer(number)["code"])
        assert answer.status_code == 200, answer.text
        return self.claims(answer.json()["id_token"])
