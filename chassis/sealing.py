"""Seals stored answers: whoever reads the database cannot, whoever repeats the request can."""

import hashlib
import os
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

NAME: Final = b"cornerpost/idempotency-name/v1\n"
SEAL: Final = b"cornerpost/idempotency-seal/v1\n"
NONCE: Final = 12


@dataclass(frozen=True, slots=True)
class Sealing:
    """One person's idempotency key. It travels in requests only: the database keeps its `name`,
    a digest, and answers sealed with another digest of it. It is as secret as the key is random.
    """

    person: str
    key: str

    @property
    def name(self) -> str:
        """Under which the answer is found again; the key does not follow from it."""
        return self._digest(NAME).hex()

    def seal(self, answer: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + ChaCha20Poly1305(self._digest(SEAL)).encrypt(nonce, answer, None)

    def unseal(self, sealed: bytes) -> bytes:
        """Raises cryptography's InvalidTag for bytes that were not sealed with this key."""
        cipher = ChaCha20Poly1305(self._digest(SEAL))
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None)

    def _digest(self, purpose: bytes) -> bytes:
        told = f"{len(self.person)}:{self.person}{self.key}"
        return hashlib.sha256(purpose + told.encode()).digest()
