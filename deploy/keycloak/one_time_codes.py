"""An officer's one-time codes (RFC 6238), never the same twice, whichever process asks."""

import base64
import fcntl
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from chassis.clock import machine_now

PERIOD = 30  # seconds a code is the current one; the realm's otpPolicyPeriod
AHEAD = 1  # periods a code may be early; the realm's otpPolicyLookAheadWindow


def new_seed() -> str:
    """Twenty raw characters as Keycloak keeps them; an authenticator app shows their base32."""
    return secrets.token_urlsafe(15)


def code_at(seed: str, step: int) -> str:
    """The six digits of the 30-second period number `step` since 1970."""
    digest = hmac.digest(seed.encode(), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def provisioning_secret(seed: str) -> str:
    """The seed as an authenticator app takes it."""
    return base64.b32encode(seed.encode()).decode().rstrip("=")


class OneTimeCodes:
    """Hands out codes and remembers, in a file per officer under `memory`, the last period used.

    Keycloak takes each code once, and one period early; a third sign-in within half a minute waits.
    """

    def __init__(self, memory: Path, now: Callable[[], datetime] = machine_now) -> None:
        self.memory = memory
        self._now = now

    def next(self, username: str, seed: str) -> str:
        """The next unused code of this officer; waits until it is acceptable, at most a period."""
        self.memory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.memory / username).open("a+") as used:
            fcntl.flock(used, fcntl.LOCK_EX)
            used.seek(0)
            last = int(used.read() or 0)
            step = self._free_step(last)
            used.seek(0)
            used.truncate()
            used.write(str(step))
        return code_at(seed, step)

    def _free_step(self, last: int) -> int:
        seconds = self._now().timestamp()
        step = max(int(seconds // PERIOD), last + 1)
        early = (step - AHEAD) * PERIOD - seconds
        if early > 0:
            time.sleep(early)
        return step
