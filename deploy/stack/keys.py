"""The stack's own signing keys: one per purpose, made at first start, shared with no other."""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from deploy.stack.layout import Stack
from deploy.stack.processes import SERVICES
from deploy.stack.vault import keep
from kernel.log.checkpoint import origin_of

COUNTRY_HOST = "cadastre.example"
COORDINATE = 32  # bytes of each coordinate of a P-256 point

Private = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key by its file name: whose it is, what it signs and in which algorithm."""

    name: str
    service: str
    purpose: str
    alg: str = "Ed25519"


KEYS = (
    SigningKey("licensing-receipts", "licensing", "receipt"),
    SigningKey("cadastre-statements", "cadastre", "ground-statement"),
    SigningKey("payments-receipts", "payments", "payment-receipt"),
    *(SigningKey(f"{service}-checkpoints", service, "checkpoint") for service in SERVICES),
    SigningKey("licensing-qr", "licensing", "qr", "ES256"),
    SigningKey("messages-phone", "messages", "phone-sign-in", "ES256"),
)


def create_keys(stack: Stack) -> None:
    """Make every key that is not there; the public halves lie in `keys/public`."""
    public = stack.keys / "public"
    public.mkdir(exist_ok=True)
    for key in KEYS:
        pem = stack.keys / f"{key.name}.pem"
        if not pem.exists():
            keep(pem, _encoded(_generate(key.alg)))
        keep(public / f"{key.name}.json", _public(stack, key, pem), access=0o644)


def _generate(alg: str) -> Private:
    if alg == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


def _encoded(key: Private) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _public(stack: Stack, key: SigningKey, pem: Path) -> bytes:
    raw = _raw_public(pem)
    description = {
        "key": f"{key.name}-{hashlib.sha256(raw).hexdigest()[:8]}",
        "alg": key.alg,
        "purpose": key.purpose,
        "origin": origin_of(COUNTRY_HOST, key.service, training=stack.training),
        "public": base64.urlsafe_b64encode(raw).rstrip(b"=").decode(),
    }
    return json.dumps(description, indent=1).encode() + b"\n"


def _raw_public(pem: Path) -> bytes:
    """32 bytes of an Ed25519 key; both coordinates, 64 bytes, of a P-256 key."""
    private = serialization.load_pem_private_key(pem.read_bytes(), password=None)
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.public_key().public_bytes_raw()
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{pem.name} is no key of ours")
    point = private.public_key().public_numbers()
    return point.x.to_bytes(COORDINATE, "big") + point.y.to_bytes(COORDINATE, "big")
