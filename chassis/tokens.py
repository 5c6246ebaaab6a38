"""Access tokens: judged here, by keys that outlive their issuer's absence."""

import base64
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import CompactSignature

from chassis.settings import ServiceSettings
from kernel.authority import Actor, Realm
from kernel.events import ActorKind
from kernel.problems import NotSignedIn, TryLater

ALGORITHMS: Final = ["ES256"]
LEEWAY: Final = timedelta(seconds=10)
MAX_TOKEN: Final = 8192
FETCH_SECONDS: Final = 2.0
REFRESH: Final = timedelta(minutes=10)
PATIENCE: Final = timedelta(seconds=5)  # between two questions to an issuer
KEYLESS_PATIENCE: Final = timedelta(milliseconds=500)  # while it answers that it has no key yet
KINDS: Final = {Realm.STAFF: ActorKind.OFFICER, Realm.PUBLIC: ActorKind.APPLICANT}

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class IssuerKeys:
    """An issuer's public keys. Once read they serve until the issuer itself publishes others.

    They are read again when a token names an unknown key and every ten minutes; while the issuer is
    away the last known keys go on (also over a restart, from `kept`).
    """

    url: str
    kept: Path | None
    now: Callable[[], datetime]
    keys: dict[str, ECKey] = field(default_factory=dict)
    read_at: datetime | None = None
    asked_at: datetime | None = None
    keyless: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def known(self) -> bool:
        """Whether there is a key to judge by; asks the issuer when none was ever read."""
        if not self.keys:
            self._recall()
        if not self.keys:
            self._ask("")
        return bool(self.keys)

    def find(self, kid: str) -> ECKey | None:
        """The key of this name, or None when the issuer says there is none."""
        if not self.keys:
            self._recall()
        if kid not in self.keys or self._old():
            self._ask(kid)
        if not self.keys:
            lacks = "has no key yet" if self.keyless else "cannot be reached"
            raise TryLater(f"The identity provider {lacks}", retry_after=5)
        return self.keys.get(kid)

    def _old(self) -> bool:
        return self.read_at is None or self.now() - self.read_at > REFRESH

    def _ask(self, kid: str) -> None:
        if not self.lock.acquire(blocking=kid not in self.keys):
            return  # somebody else is asking, and the known key serves meanwhile
        try:
            pause = KEYLESS_PATIENCE if self.keyless else PATIENCE
            waited = self.asked_at is None or self.now() - self.asked_at > pause
            if waited and (kid not in self.keys or self._old()):
                self._fetch()
        finally:
            self.lock.release()

    def _fetch(self) -> None:
        self.asked_at = self.now()
        try:
            answer = httpx.get(self.url, timeout=FETCH_SECONDS, trust_env=False)
            document = answer.raise_for_status().json()
            found = _keys(document)
        except (httpx.HTTPError, ValueError, JoseError) as away:
            self.keyless = False
            log.warning("issuer.away", url=self.url, error=type(away).__name__)
            return
        self.keyless = not found
        if self.keyless:
            log.warning("issuer.without_a_key", url=self.url)
            return
        self.keys, self.read_at = found, self.asked_at
        self._keep(document)

    def _recall(self) -> None:
        if self.kept is None or not self.kept.exists():
            return
        try:
            self.keys = _keys(json.loads(self.kept.read_text()))
        except (OSError, ValueError, JoseError) as unreadable:
            log.warning("issuer.keys_not_recalled", error=type(unreadable).__name__)

    def _keep(self, document: Any) -> None:
        if self.kept is None:
            return
        try:
            self.kept.parent.mkdir(parents=True, exist_ok=True)
            fresh = self.kept.with_suffix(f".{threading.get_ident()}")
            fresh.write_text(json.dumps(document))
            fresh.replace(self.kept)
        except OSError as unwritable:
            log.warning("issuer.keys_not_kept", error=type(unwritable).__name__)


def _keys(document: Any) -> dict[str, ECKey]:
    """Signature keys on P-256 only: nothing else can sign what we accept."""
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("the issuer's key set is no JSON Web Key Set")
    found = {}
    for entry in document["keys"]:
        wanted = entry.get("kty") == "EC" and entry.get("crv") == "P-256"
        if wanted and entry.get("kid") and entry.get("use", "sig") == "sig":
            found[entry["kid"]] = ECKey.import_key({k: entry[k] for k in ("kty", "crv", "x", "y")})
    return found


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who may sign tokens for a realm, and for which clients."""

    realm: Realm
    iss: str
    azp: frozenset[str]
    keys: IssuerKeys


@dataclass(frozen=True, slots=True)
class Tokens:
    """Judges tokens for one audience, by real time."""

    audience: str
    issuers: Sequence[Issuer]
    now: Callable[[], datetime]

    def actor(self, token: str) -> Actor:
        """Who the token speaks for. Raises NotSignedIn, and TryLater while no key is known."""
        if len(token) > MAX_TOKEN or not token.isascii():
            raise NotSignedIn("The token is not acceptable")
        issuer = self._issuer(token)
        try:
            claims = jwt.decode(token, _key_from(issuer), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError) as unfit:
            raise NotSignedIn("The token is not acceptable") from unfit
        self._judge(claims, issuer)
        return _actor(claims, issuer.realm)

    def learn(self, stop: threading.Event) -> None:
        """Read every issuer's keys before the first token comes: later it may be away."""
        for issuer in self.issuers:
            while not issuer.keys.known():
                if stop.wait(PATIENCE.total_seconds()):
                    return

    def _issuer(self, token: str) -> Issuer:
        """The issuer a token claims to be from; whether it is, the signature says."""
        claimed = unverified(token).get("iss")
        for issuer in self.issuers:
            if issuer.iss == claimed:
                return issuer
        raise NotSignedIn("The token is from another issuer")

    def _judge(self, claims: dict[str, Any], issuer: Issuer) -> None:
        now = self.now()
        expires, begins = _instant(claims, "exp"), _instant(claims, "nbf")
        issued = _instant(claims, "iat")
        if expires is None or now >= expires:
            raise NotSignedIn("The token has expired", expired=True)
        if any(at is not None and at > now + LEEWAY for at in (begins, issued)):
            raise NotSignedIn("The token is not valid yet")
        audience = claims.get("aud")
        if self.audience not in (audience if isinstance(audience, list) else [audience]):
            raise NotSignedIn("The token is for another service")
        if claims.get("azp") not in issuer.azp:
            raise NotSignedIn("The token was given to another client")
        if claims.get("typ", "Bearer") != "Bearer":
            raise NotSignedIn("This is no access token")


def _key_from(issuer: Issuer) -> Callable[[Any], ECKey]:
    def choose(signature: CompactSignature) -> ECKey:
        kid = signature.headers().get("kid")
        key = issuer.keys.find(kid) if isinstance(kid, str) else None
        if key is None:
            raise NotSignedIn("The token is signed with an unknown key")
        return key

    return choose


def unverified(token: str) -> dict[str, Any]:
    """What a token says of itself before its signature was looked at. Raises NotSignedIn."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, IndexError, RecursionError) as unreadable:
        raise NotSignedIn("The token is not acceptable") from unreadable
    if not isinstance(claims, dict):
        raise NotSignedIn("The token is not acceptable")
    return claims


def _instant(claims: dict[str, Any], name: str) -> datetime | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 40:
        raise NotSignedIn("The token is not acceptable")
    return datetime.fromtimestamp(value, UTC)


def _actor(claims: dict[str, Any], realm: Realm) -> Actor:
    subject, access = claims.get("sub"), claims.get("realm_access")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise NotSignedIn("The token names nobody")
    roles = access.get("roles", []) if isinstance(access, dict) else []
    return Actor(
        kind=KINDS[realm],
        person=f"{realm.value}:{subject}",
        realm=realm,
        roles=_words(roles),
        offices=_words(claims.get("groups", [])),
        acr=str(claims.get("acr", "0")),
        auth_time=_instant(claims, "auth_time"),
        token_id=claims.get("jti"),
    )


def _words(claim: Any) -> frozenset[str]:
    return (
        frozenset(one for one in claim if isinstance(one, str))
        if isinstance(claim, list)
        else frozenset()
    )


def tokens_of(settings: ServiceSettings, now: Callable[[], datetime]) -> Tokens:
    """The issuers of a service's settings; a realm without an issuer admits nobody."""
    asked = (
        (Realm.STAFF, settings.staff_issuer, settings.staff_jwks, settings.staff_azp),
        (Realm.PUBLIC, settings.public_issuer, settings.public_jwks, settings.public_azp),
    )
    issuers = [
        Issuer(
            realm,
            iss,
            frozenset(azp),
            IssuerKeys(
                jwks or f"{settings.realm_address(realm)}/protocol/openid-connect/certs",
                settings.keys / "issuers" / f"{settings.service}-{realm.value}.json",
                now,
            ),
        )
        for realm, iss, jwks, azp in asked
        if iss
    ]
    return Tokens(settings.service, issuers, now)
