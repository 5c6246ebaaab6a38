"""A sign-in by phone on its way: what Keycloak asked, and the code it is answered with."""

import base64
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

SIGN_IN_LIFETIME: Final = timedelta(minutes=20)
CODE_LIFETIME: Final = timedelta(seconds=60)
CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True)
class Question:
    """What the client asked (OpenID Connect Core 3.1.2.1), after it was judged."""

    redirect_uri: str
    state: str | None
    nonce: str | None
    challenge: str
    language: str


@dataclass(eq=False, kw_only=True)
class SignIn:
    """One browser's way through the two pages. Instants are real time, secrets are hashes.

    `ticket_hash` stands for the hidden field, `browser_hash` for the cookie: only both together
    go on, so that no other site can send a form for somebody.
    """

    ticket_hash: bytes = field(repr=False)
    browser_hash: bytes = field(repr=False)
    redirect_uri: str
    state: str | None
    nonce: str | None
    challenge: str
    language: str
    begun_at: datetime
    expires_at: datetime
    phone: str | None = field(default=None, repr=False)
    code_id: UUID | None = None


@dataclass(eq=False, kw_only=True)
class AuthorizationCode:
    """What the browser carries back to Keycloak: good once, for a minute of real time."""

    hash: bytes = field(repr=False)
    subscriber_id: UUID
    redirect_uri: str
    nonce: str | None
    challenge: str
    auth_time: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def fits(self, redirect_uri: str, verifier: str, real_now: datetime) -> bool:
        """Whether it may be redeemed now by who shows this (RFC 6749 4.1.3, RFC 7636 4.6)."""
        return (
            self.used_at is None
            and real_now < self.expires_at
            and redirect_uri == self.redirect_uri
            and VERIFIER.fullmatch(verifier) is not None
            and challenge_of(verifier) == self.challenge
        )


def challenge_of(verifier: str) -> str:
    """PKCE's S256."""
    digest = sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hashed(word: str) -> bytes:
    """Of a random word: nothing to guess, so a plain hash will do."""
    return sha256(word.encode()).digest()
