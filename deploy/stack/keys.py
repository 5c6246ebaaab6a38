"""The stack's own signing keys: one per purpose, made at first start, shared with no other."""

from dataclasses import dataclass

from chassis.clock import machine_now
from chassis.signing import Algorithm, make_key
from deploy.stack.country import origin_host
from deploy.stack.layout import Stack
from deploy.stack.processes import SERVICES
from kernel.log.checkpoint import origin_of


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key by its file name: whose it is, what it signs and in which algorithm."""

    name: str
    service: str
    purpose: str
    alg: Algorithm = "Ed25519"


KEYS = (
    SigningKey("licensing-receipts", "licensing", "receipt"),
    SigningKey("licensing-verifications", "licensing", "verification-statement"),
    SigningKey("cadastre-statements", "cadastre", "ground-statement"),
    SigningKey("payments-receipts", "payments", "payment-receipt"),
    *(SigningKey(f"{service}-checkpoints", service, "checkpoint") for service in SERVICES),
    SigningKey("licensing-qr", "licensing", "qr", "ES256"),
    SigningKey("messages-phone", "messages", "phone-sign-in", "ES256"),
)


def create_keys(stack: Stack) -> None:
    """Make every key that is not there; the public halves lie in `keys/public`.

    A training stack's keys carry TRAINING in their origin, so that nothing they sign passes for
    the real thing.
    """
    for key in KEYS:
        origin = origin_of(origin_host(stack.given), key.service, training=stack.training)
        make_key(stack.keys, key.name, key.alg, key.purpose, origin, machine_now())
