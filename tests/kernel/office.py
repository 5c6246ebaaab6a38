"""An office as the outside sees it: documents, log and QR codes signed with keys of its own."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from kernel.log.bundle import disclosing, inclusion_bundle
from kernel.log.canonical import canonical
from kernel.log.checkpoint import Checkpoint, NoteSignature, key_id
from kernel.log.leaf import make_leaf
from kernel.log.tree import Frontier, Place, inclusion_proof

LIVE = "cadastre.example/licensing"
PRACTICE = "cadastre.example/TRAINING/licensing"
SALT = bytes(range(16))
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def es256(private: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    r, s = decode_dss_signature(private.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def coordinates(private: ec.EllipticCurvePrivateKey) -> bytes:
    point = private.public_key().public_numbers()
    return point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Office:
    """A service with its keys and a log of ten leaves, as the outside sees it."""

    def __init__(self, folder: Path, origin: str, tells: str = "licence.issued") -> None:
        self.folder, self.origin = folder, origin
        self.ed = Ed25519PrivateKey.generate()
        self.p256 = ec.generate_private_key(ec.SECP256R1())
        self.payloads = [{"licence": f"AP-{n}", "holder": "Amina Ä", "n": n} for n in range(10)]
        self.leaves = [
            make_leaf(tells, str(n), AT, payload, SALT, index=n).to_bytes()
            for n, payload in enumerate(self.payloads)
        ]
        self.nodes: dict[Place, bytes] = {}
        self.frontiers = [Frontier()]
        for leaf in self.leaves:
            frontier, fresh = self.frontiers[-1].grow(verify_leaf(leaf))
            self.frontiers.append(frontier)
            self.nodes.update((one.place, one.hash) for one in fresh)

    def key(self, purpose: str) -> str:
        raw = self.ed.public_key().public_bytes_raw()
        alg, public = ("ES256", coordinates(self.p256)) if purpose == "qr" else ("Ed25519", raw)
        description = {
            "key": f"{purpose}-1",
            "alg": alg,
            "purpose": purpose,
            "origin": self.origin,
            "public": b64url(public),
        }
        return self.file(f"{purpose}.key.json", description)

    def file(self, name: str, content: object) -> str:
        path = self.folder / name
        text = content if isinstance(content, str) else json.dumps(content, indent=1)
        path.write_text(text, "utf-8")
        return str(path)

    def document(self, body: dict[str, object], purpose: str = "receipt") -> dict[str, object]:
        message = f"cornerpost/{purpose}/v1\n".encode() + canonical(body)  # type: ignore[arg-type]
        signature = b64url(self.ed.sign(message))
        return {"body": body, "key": f"{purpose}-1", "signature": signature}

    def checkpoint(self, size: int) -> str:
        made = Checkpoint(self.origin, size, self.frontiers[size].root())
        label = key_id(self.origin, self.ed.public_key().public_bytes_raw())
        witness = NoteSignature("witness.example/w", b"wxyz", bytes(72))
        own = NoteSignature(self.origin, label, self.ed.sign(made.text().encode()))
        return made.signed(witness, own)

    def bundle(self, index: int, size: int = 10) -> dict[str, object]:
        proof = inclusion_proof(index, size, self.nodes.__getitem__)
        bundle = inclusion_bundle(self.leaves[index], index, size, proof, self.checkpoint(size))
        return disclosing(bundle, self.payloads[index], SALT).model_dump()  # type: ignore[arg-type]

    def qr(self, **payload: object) -> str:
        header = b64url(json.dumps({"alg": "ES256", "kid": "qr-1"}).encode())
        body = b64url(canonical({"origin": self.origin} | payload))  # type: ignore[arg-type]
        signature = b64url(es256(self.p256, f"{header}.{body}".encode()))
        return f"https://cadastre.example/verify/AP-3#{header}.{body}.{signature}"


def verify_leaf(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()
