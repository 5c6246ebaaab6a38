"""Seals what the portal keeps: a thief of the database, or of a cookie alone, reads nothing."""

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

NONCE: Final = 12


class SealBroken(ValueError):
    """The bytes were sealed for something else, with another key, or were changed."""


@dataclass(frozen=True, slots=True)
class Seals:
    """The portal's one secret, from which a key is made for each purpose and whom it is for."""

    secret: bytes = field(repr=False)

    def name(self, purpose: str, text: str) -> bytes:
        """32 bytes by which something is found or proved again; the text does not follow."""
        return hmac.digest(self.secret, f"{len(purpose)}:{purpose}{text}".encode(), hashlib.sha256)

    def seal(self, purpose: str, text: str, content: bytes) -> bytes:
        """The content, unreadable without the secret and the same purpose and text."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher(purpose, text).encrypt(nonce, content, None)

    def unseal(self, purpose: str, text: str, sealed: bytes) -> bytes:
        """What was sealed. Raises SealBroken."""
        try:
            return self._cipher(purpose, text).decrypt(sealed[:NONCE], sealed[NONCE:], None)
        except (InvalidTag, ValueError) as broken:
            raise SealBroken("This was not sealed here, or for this") from broken

    def _cipher(self, purpose: str, text: str) -> ChaCha20Poly1305:
        return ChaCha20Poly1305(self.name(f"seal/{purpose}", text))
