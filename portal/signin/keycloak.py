"""Keycloak, as the portal speaks with it: one confidential client in each of the two realms."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Self
from urllib.parse import urlencode

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from chassis.tokens import ALGORITHMS, LEEWAY, IssuerKeys
from kernel.authority import Realm
from kernel.problems import Problem, TryLater
from portal.settings import Settings
from portal.signin.people import Person, instant, later

SECONDS: Final = 4.0
CLIENTS: Final = {Realm.STAFF: "portal", Realm.PUBLIC: "portal-public"}
LOGGED_OUT: Final = "http://schemas.openid.net/event/backchannel-logout"
OLDEST: Final = timedelta(minutes=5)  # of what Keycloak says about a session's end
UNKNOWN: Final = ""

log = structlog.get_logger(__name__)

Claims = dict[str, Any]


class SignInNotFinished(Problem):
    """The way back from Keycloak did not fit the way there, or led to nobody."""

    status = 422
    title = "The sign-in was not finished"


class SessionOver(Exception):
    """Keycloak renews no tokens of this session: it has ended there."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in on its way. It waits in the browser, sealed, and is good for one answer."""

    realm: Realm
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    to: str
    confirms: str | None = None  # the person who is to prove that it is still she or he

    @classmethod
    def new(cls, realm: Realm, to: str, confirms: str | None = None) -> Self:
        state, nonce, verifier = (secrets.token_urlsafe(size) for size in (12, 16, 48))
        return cls(realm, state, nonce, verifier, to, confirms)

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Keycloak:
    """One realm: `redirect` is where it sends people back to, `signed_out` where they end.

    Browsers are sent to the issuer; `asked_at` is where the portal itself asks.
    """

    realm: Realm
    issuer: str
    asked_at: str
    secret: str = field(repr=False)
    redirect: str
    signed_out: str
    http: httpx.Client
    keys: IssuerKeys
    now: Callable[[], datetime]

    @classmethod
    def of(
        cls, realm: Realm, settings: Settings, now: Callable[[], datetime],
        http: httpx.Client | None = None,
    ) -> Self:
        staff = realm is Realm.STAFF
        issuer = settings.staff_issuer if staff else settings.public_issuer
        jwks = settings.staff_jwks if staff else settings.public_jwks
        secret = settings.staff_secret if staff else settings.public_secret
        home, asked_at = settings.public_url.rstrip("/"), settings.realm_address(realm)
        return cls(
            realm, issuer, asked_at, secret.get_secret_value(), f"{home}/signin/callback",
            f"{home}/signed-out", http or httpx.Client(timeout=SECONDS, trust_env=False),
            IssuerKeys(
                jwks or f"{asked_at}/protocol/openid-connect/certs",
                settings.keys / "issuers" / f"portal-{realm.value}.json", now,
            ),
            now,
        )

    @property
    def client(self) -> str:
        return CLIENTS[self.realm]

    def way_in(self, attempt: Attempt, language: str) -> str:
        """Where the browser goes to sign in, or to prove again that it is the same person."""
        question = {
            "client_id": self.client, "response_type": "code", "scope": "openid",
            "redirect_uri": self.redirect, "state": attempt.state, "nonce": attempt.nonce,
            "code_challenge": attempt.challenge, "code_challenge_method": "S256",
            "ui_locales": language,
        }
        if attempt.confirms:
            staff = self.realm is Realm.STAFF
            question |= {"acr_values": "2"} if staff else {"prompt": "login"}
        return f"{self._protocol}/auth?{urlencode(question)}"

    def way_out(self, person: Person) -> str:
        """Where the browser goes to end Keycloak's own session too."""
        told = {
            "client_id": self.client, "id_token_hint": person.identity,
            "post_logout_redirect_uri": self.signed_out,
        }
        return f"{self._protocol}/logout?{urlencode(told)}"

    def redeem(self, code: str, attempt: Attempt) -> Person:
        """Who has signed in. Raises SignInNotFinished, and TryLater while Keycloak is away."""
        try:
            told = self._tokens({
                "grant_type": "authorization_code", "code": code,
                "redirect_uri": self.redirect, "code_verifier": attempt.verifier,
            })
        except SessionOver as refused:
            raise SignInNotFinished("The code was not taken") from refused
        claims = self._claims(told["id_token"])
        if claims.get("nonce") != attempt.nonce or claims.get("azp", self.client) != self.client:
            raise SignInNotFinished("The identity is of another sign-in")
        return self._person(told, claims)

    def renew(self, person: Person) -> Person:
        """The same person with fresh tokens. Raises SessionOver, and TryLater in an outage."""
        told = self._tokens({"grant_type": "refresh_token", "refresh_token": person.refresh})
        return later(
            person,
            access=told["access_token"],
            access_until=self.now() + timedelta(seconds=told["expires_in"]),
            refresh=told["refresh_token"],
            identity=told.get("id_token", person.identity),
        )

    def ended(self, logout_token: str) -> tuple[str | None, str | None]:
        """Which session, or whose, Keycloak says is over. Raises SignInNotFinished.

        OpenID Connect Back-Channel Logout 1.0, section 2.6.
        """
        claims = self._claims(logout_token)
        told = claims.get("events")
        if not isinstance(told, dict) or LOGGED_OUT not in told or "nonce" in claims:
            raise SignInNotFinished("This tells of no session's end")
        issued = claims.get("iat")
        if not isinstance(issued, int) or self.now() - instant(issued) > OLDEST:
            raise SignInNotFinished("This is too old")
        return claims.get("sid"), claims.get("sub")

    @property
    def _protocol(self) -> str:
        return f"{self.issuer}/protocol/openid-connect"

    def _tokens(self, form: dict[str, str]) -> dict[str, Any]:
        proof = {"client_id": self.client, "client_secret": self.secret}
        try:
            where = f"{self.asked_at}/protocol/openid-connect/token"
            answer = self.http.post(where, data={**form, **proof})
        except httpx.TransportError as away:
            raise TryLater("Sign-in cannot be reached at the moment", retry_after=5) from away
        if answer.status_code == httpx.codes.BAD_REQUEST:
            raise SessionOver(str(answer.json().get("error")))
        if answer.is_error:
            log.warning("keycloak.refused", realm=self.realm.value, status=answer.status_code)
            raise TryLater("Sign-in cannot be used at the moment", retry_after=5)
        told: dict[str, Any] = answer.json()
        return told

    def _claims(self, token: str) -> Claims:
        """A token of this realm for this client, by the realm's own key."""
        try:
            claims = jwt.decode(token, self._key_of, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError) as unfit:
            raise SignInNotFinished("The token is not acceptable") from unfit
        audience = claims.get("aud")
        mine = self.client in (audience if isinstance(audience, list) else [audience])
        ends = claims.get("exp")
        lasts = isinstance(ends, int) and self.now() < instant(ends) + LEEWAY
        if claims.get("iss") != self.issuer or not mine or not lasts:
            raise SignInNotFinished("The token is for somebody else, or too old")
        return dict(claims)

    def _key_of(self, signature: Any) -> ECKey:  # noqa: ANN401 - joserfc's own guest
        kid = signature.headers().get("kid")
        key = self.keys.find(kid) if isinstance(kid, str) else None
        if key is None:
            raise SignInNotFinished("The token is signed with an unknown key")
        return key

    def _person(self, told: dict[str, Any], claims: Claims) -> Person:
        return Person(
            realm=self.realm,
            subject=str(claims["sub"]),
            name=_called(claims),
            access=told["access_token"],
            access_until=self.now() + timedelta(seconds=told["expires_in"]),
            refresh=told["refresh_token"],
            identity=told["id_token"],
            acr=str(claims.get("acr", "0")),
            auth_time=instant(int(claims.get("auth_time") or claims["iat"])),
            idp_session=claims.get("sid"),
        )


def _called(claims: Claims) -> str:
    """An officer's name, or the end of a miner's number: enough to know one's own session by."""
    number = claims.get("phone_number")
    return f"…{number[-3:]}" if isinstance(number, str) else str(claims.get("name", UNKNOWN))
