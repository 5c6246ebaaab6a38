"""Signing: keys of a stack, signed documents, and the checkpoints of a log."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jwt
from joserfc.jwk import ECKey

from kernel.log.canonical import NotCanonical, canonical
from kernel.log.checkpoint import Checkpoint, NoteSignature, key_id
from kernel.problems import Problem

Algorithm = Literal["Ed25519", "ES256"]


class NotGenuine(Problem):
    """No key that this stack trusts for that purpose signed this, or it was changed since."""

    title = "The signature is not genuine"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What `keys/public/<name>.json` tells about a key."""

    key: str
    alg: str
    purpose: str
    origin: str
    public: bytes

    @classmethod
    def read(cls, path: Path) -> "PublicKey":
        told = json.loads(path.read_text())
        return cls(told["key"], told["alg"], told["purpose"], told["origin"], unb64(told["public"]))


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with one Ed25519 key of the stack: `Signer.load(settings.keys, name)`."""

    about: PublicKey
    private: Ed25519PrivateKey

    @classmethod
    def load(cls, keys: Path, name: str) -> "Signer":
        private = _private(keys, name)
        if not isinstance(private, Ed25519PrivateKey):
            raise TypeError(f"the key {name} is not an Ed25519 key")
        return cls(PublicKey.read(keys / "public" / f"{name}.json"), private)

    def sign(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """`{"body", "key", "signature"}`: Ed25519 over `cornerpost/<purpose>/v1` and the bytes."""
        signature = self.private.sign(signed_bytes(self.about.purpose, body))
        return {"body": dict(body), "key": self.about.key, "signature": b64(signature)}

    def checkpoint(self, size: int, root: bytes) -> str:
        """The log's head as a signed note (C2SP tlog-checkpoint)."""
        note = Checkpoint(self.about.origin, size, root)
        name, public = self.about.origin, self.about.public
        signature = self.private.sign(note.text().encode())
        return note.signed(NoteSignature(name, key_id(name, public), signature))


@dataclass(frozen=True, slots=True)
class Keyring:
    """Public keys that this stack trusts, by key id: `Keyring.load(settings.keys)`."""

    keys: Mapping[str, PublicKey]

    @classmethod
    def load(cls, keys: Path) -> "Keyring":
        found = [PublicKey.read(path) for path in sorted((keys / "public").glob("*.json"))]
        return cls({one.key: one for one in found})

    def verify(self, document: Mapping[str, Any], purpose: str) -> dict[str, Any]:
        """The body of a document signed for this purpose. Raises NotGenuine."""
        key = self.keys.get(str(document.get("key")))
        if key is None or key.purpose != purpose or key.alg != "Ed25519":
            raise NotGenuine("It was not signed by a key that is trusted here for this")
        try:
            body = dict(document["body"])
            signature = unb64(document["signature"])
            _ed25519(key.public).verify(signature, signed_bytes(purpose, body))
        except (InvalidSignature, NotCanonical, KeyError, TypeError, ValueError) as wrong:
            raise NotGenuine("It was changed after it was signed") from wrong
        return body


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Signs compact tokens and QR payloads with one ES256 key."""

    about: PublicKey
    private: ECKey

    @classmethod
    def load(cls, keys: Path, name: str) -> "TokenSigner":
        about = PublicKey.read(keys / "public" / f"{name}.json")
        pem = (keys / f"{name}.pem").read_bytes()
        return cls(about, ECKey.import_key(pem, {"kid": about.key, "use": "sig", "alg": "ES256"}))

    def token(self, claims: Mapping[str, Any], typ: str = "JWT") -> str:
        """A compact JWS with the key's id in its header."""
        header = {"alg": "ES256", "kid": self.about.key, "typ": typ}
        return jwt.encode(header, dict(claims), self.private, algorithms=["ES256"])

    def jwks(self) -> dict[str, Any]:
        """The public half as a JSON Web Key Set."""
        return {"keys": [self.private.as_dict(private=False)]}


def signed_bytes(purpose: str, body: Mapping[str, Any]) -> bytes:
    """What is signed: the purpose first, so that no signature serves for two."""
    return f"cornerpost/{purpose}/v1\n".encode() + canonical(body)


def make_key(
    keys: Path, name: str, alg: Algorithm, purpose: str, origin: str, made_at: datetime
) -> PublicKey:
    """Make a key pair of a stack, once: an existing key is never replaced. The file is 0600."""
    private_path, public_path = keys / f"{name}.pem", keys / "public" / f"{name}.json"
    if private_path.exists():
        return PublicKey.read(public_path)
    public_path.parent.mkdir(parents=True, exist_ok=True)
    private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey = (
        Ed25519PrivateKey.generate()
        if alg == "Ed25519"
        else ec.generate_private_key(ec.SECP256R1())
    )
    raw = _raw(private)
    key = f"{name}-{made_at:%Y%m}-{hashlib.sha256(raw).hexdigest()[:8]}"
    told = {"key": key, "alg": alg, "purpose": purpose, "origin": origin, "public": b64(raw)}
    public_path.write_text(json.dumps(told, indent=1) + "\n")
    private_path.touch(mode=0o600)
    private_path.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return PublicKey.read(public_path)


@lru_cache(maxsize=64)
def _ed25519(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


def _raw(private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    """32 bytes of Ed25519, or the uncompressed point of P-256."""
    if isinstance(private, Ed25519PrivateKey):
        return private.public_key().public_bytes_raw()
    return private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _private(keys: Path, name: str) -> Any:
    pem = (keys / f"{name}.pem").read_bytes()
    return serialization.load_pem_private_key(pem, password=None)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
