"""The tracking PIN: how it is kept, and how many wrong ones lock a code."""

import hashlib
import hmac
from datetime import timedelta
from typing import Final

from kernel.problems import NotFound, TooMany

TRIES: Final = 5
WINDOW: Final = timedelta(hours=1)
_COST: Final = 2**10  # some milliseconds; five tries an hour are what protects six digits


class WrongPin(NotFound):
    """Code and PIN do not belong together; which of the two is wrong is not told."""

    title = "This number and PIN do not belong together"


class TrackingLocked(TooMany):
    """Five wrong PINs lock the code for an hour."""

    title = "Too many wrong PINs: try again later"


def hash_pin(pin: str, salt: bytes) -> str:
    """`salt$digest` in hex, by scrypt; the PIN itself is kept nowhere."""
    return f"{salt.hex()}${_digest(pin, salt)}"


def is_pin(pin: str, kept: str | None) -> bool:
    """Whether this is the PIN that `kept` was made from; takes as long when there is none."""
    salt, _, digest = (kept or f"{'00' * 16}$").partition("$")
    found = _digest(pin, bytes.fromhex(salt))
    return hmac.compare_digest(found, digest) and kept is not None


def _digest(pin: str, salt: bytes) -> str:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=8, p=1, dklen=32).hex()
