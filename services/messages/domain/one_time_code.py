"""One-time codes: six digits, five minutes, five tries; judged by real time."""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

LIFETIME: Final = timedelta(minutes=5)
TRIES: Final = 5


class Judged(StrEnum):
    """What a typed code is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"  # expired, used, or tried too often: a new one is needed


@dataclass(eq=False, kw_only=True)
class OneTimeCode:
    """A code that was sent. Instants are real time; of the code only a keyed hash is kept."""

    id: UUID
    phone: str = field(repr=False)
    notice_id: UUID
    hash: bytes = field(repr=False)
    made_at: datetime
    expires_at: datetime
    tries: int = 0
    used_at: datetime | None = None

    @property
    def tries_left(self) -> int:
        return max(0, TRIES - self.tries)

    def judge(self, typed: str, pepper: bytes, real_now: datetime) -> Judged:
        """Spend a try on what was typed. The row must be locked: tries are counted here."""
        if self.used_at is not None or real_now >= self.expires_at or not self.tries_left:
            return Judged.OVER
        self.tries += 1
        if hmac.compare_digest(self.hash, hash_code(self.id, typed, pepper)):
            self.used_at = real_now
            return Judged.RIGHT
        return Judged.WRONG if self.tries_left else Judged.OVER


def new_code() -> str:
    return f"{secrets.randbelow(10**6):06d}"


def hash_code(code_id: UUID, code: str, pepper: bytes) -> bytes:
    """Six digits are soon guessed from a bare hash: the key is not in the database."""
    return hmac.digest(pepper, code_id.bytes + code.encode(), sha256)


def pepper_of(secret: str) -> bytes:
    """The key of code hashes and of the names under which tries are counted."""
    return sha256(b"cornerpost/one-time-code/v1\n" + secret.encode()).digest()


def tries_key(kind: str, of: str, pepper: bytes) -> str:
    """Under which name tries are counted: no number stands there."""
    return f"code-{kind}:{hmac.digest(pepper, of.encode(), sha256).hex()[:32]}"
