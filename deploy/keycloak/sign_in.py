"""Signs people in as their browsers do: code flow with PKCE, pages, a real second factor.

`cornerpost demo` and the tests use it; there is no other way in, and none is switched on for them.
"""

import base64
import hashlib
import html
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from deploy.keycloak.one_time_codes import OneTimeCodes

FORM = re.compile(r'<form\b[^>]*\baction="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input\b[^>]*\bname="([^"]+)"[^>]*>')
HIDDEN = re.compile(r'\btype="hidden"')
VALUE = re.compile(r'\bvalue="([^"]*)"')
STEPS = 20  # redirects and pages of one sign-in, far more than any needs


class SignInFailed(Exception):
    """The pages did not lead back to the portal with a code; the message says where it ended."""


@dataclass(frozen=True, slots=True)
class PortalClient:
    """Who asks people to sign in: `portal` of realm staff or `portal-public` of public.

    Browsers are sent to the issuer; `asked_at` is where codes are exchanged (default: there too).
    """

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    redirect: str
    asked_at: str | None = None

    @property
    def protocol(self) -> str:
        return f"{self.issuer}/protocol/openid-connect"

    @property
    def token(self) -> str:
        return f"{self.asked_at or self.issuer}/protocol/openid-connect/token"


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """The token endpoint's answer. Access lives ten minutes; a refresh token works once."""

    access: str
    refresh: str
    identity: str


@dataclass(frozen=True, slots=True)
class OfficerLogin:
    """What an officer knows and holds: password and the seed of the second factor."""

    username: str
    password: str = field(repr=False)
    seed: str = field(repr=False)


Answers = Mapping[str, Callable[[Mapping[str, str]], str]]
"""Field on a page -> what the person types there, given what the page hides (its hidden fields)."""


class Browser:
    """One person's browser: it keeps cookies, so a second sign-in meets the running session.

    Use it in a `with` statement, or close it. `ways` is how it reaches servers, if not as usual.
    """

    def __init__(self, ways: httpx.BaseTransport | None = None) -> None:
        hooks = {"response": [self._plain]}
        self._http = httpx.Client(timeout=30, transport=ways, event_hooks=hooks)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def sign_in(self, client: PortalClient, answers: Answers, **extra: str) -> Tokens:
        """From the portal's redirect to its callback; `extra` goes into the first request.

        Raises SignInFailed.
        """
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(12)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        question = {
            "client_id": client.client_id, "response_type": "code", "scope": "openid",
            "redirect_uri": client.redirect, "state": state, "nonce": secrets.token_urlsafe(12),
            "code_challenge": challenge.rstrip(b"=").decode(), "code_challenge_method": "S256",
        } | extra
        returned = self.walk(f"{client.protocol}/auth", question, client.redirect, answers)
        if returned.get("state") != state or "code" not in returned:
            raise SignInFailed(f"{client.client_id}: {returned}")
        return _exchange(client, {
            "grant_type": "authorization_code", "code": returned["code"],
            "redirect_uri": client.redirect, "code_verifier": verifier,
        })

    def walk(
        self, start: str, question: Mapping[str, str], end: str, answers: Answers
    ) -> dict[str, str]:
        """Follow redirects and fill in pages until `end`; what came back in its query."""
        page = self._http.get(start, params=dict(question))
        for _ in range(STEPS):
            if page.is_redirect:
                to = urljoin(str(page.request.url), page.headers["location"])
                if to.startswith(end):
                    return dict(parse_qsl(urlsplit(to).query))
                page = self._http.get(to)
            else:
                page = self._fill(page, answers)
        raise SignInFailed(f"more than {STEPS} steps, last at {page.request.url.path}")

    def _fill(self, page: httpx.Response, answers: Answers) -> httpx.Response:
        for action, body in FORM.findall(page.text):
            asked = [name for name in FIELD.findall(body) if name in answers]
            if asked:
                hidden = [field for field in FIELD.finditer(body) if HIDDEN.search(field[0])]
                values = {f[1]: html.unescape(_value(f[0])) for f in hidden}
                values |= {name: answers[name](values) for name in asked}
                to = urljoin(str(page.request.url), html.unescape(action))
                return self._http.post(to, data=values)
        words = re.sub(r"<(style|script).*?</\1>|<[^>]+>|\s+", " ", page.text, flags=re.DOTALL)
        where = f"{page.status_code} at {page.request.url.path}"
        raise SignInFailed(f"{where}: {re.sub(' +', ' ', words).strip()[:300]}")

    def _plain(self, answer: httpx.Response) -> None:
        """Cookies are marked Secure; on loopback browsers send them over HTTP, httpx not."""
        for cookie in self._http.cookies.jar if answer.url.scheme == "http" else ():
            cookie.secure = False


def sign_in_officer(
    browser: Browser, client: PortalClient, officer: OfficerLogin, codes: OneTimeCodes,
    step_up: bool = False, **extra: str,
) -> Tokens:
    """Password, and with `step_up` the second factor: then the token says `acr` 2 and when."""
    answers: Answers = {
        "username": lambda page: officer.username,
        "password": lambda page: officer.password,
        "otp": lambda page: codes.next(officer.username, officer.seed),
    }
    level = {"acr_values": "2"} if step_up else {}
    return browser.sign_in(client, answers, **level, **extra)


def sign_in_miner(
    browser: Browser, client: PortalClient, number: str, read_code: Callable[[str], str],
    **extra: str,
) -> Tokens:
    """The phone provider's two pages: the number, then the code that `read_code(number)` sees."""
    answers: Answers = {"phone": lambda page: number, "code": lambda page: read_code(number)}
    return browser.sign_in(client, answers, **extra)


def refresh(client: PortalClient, tokens: Tokens) -> Tokens:
    """Fresh tokens for used ones; the refresh token given in is spent. Raises SignInFailed."""
    return _exchange(client, {"grant_type": "refresh_token", "refresh_token": tokens.refresh})


def _exchange(client: PortalClient, form: Mapping[str, str]) -> Tokens:
    proof = {"client_id": client.client_id, "client_secret": client.secret}
    answer = httpx.post(client.token, data={**form, **proof}, timeout=30)
    if answer.is_error:
        raise SignInFailed(f"{answer.status_code} {answer.text[:300]}")
    body = answer.json()
    return Tokens(body["access_token"], body["refresh_token"], body["id_token"])


def _value(field: str) -> str:
    found = VALUE.search(field)
    return found[1] if found else ""
