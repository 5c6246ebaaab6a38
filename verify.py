#!/usr/bin/env python3
"""Check what a Cornerpost office hands out, trusting only this file, Python and a public key.

    python3 verify.py receipt FILE --key KEYFILE        a signed receipt
    python3 verify.py statement FILE --key KEYFILE      what is said of ground or of a code
    python3 verify.py schedule FILE --key KEYFILE       what the treasury is told to pay to whom
    python3 verify.py checkpoint FILE --key KEYFILE     a log's signed size and root
    python3 verify.py inclusion FILE --key KEYFILE      one leaf's proof up to a checkpoint
    python3 verify.py consistency FILE --key KEYFILE    that a later checkpoint grew from an earlier
    python3 verify.py qr FILE --key KEYFILE             the text of a certificate's QR code
    python3 verify.py certificate FILE --key LOGKEY --key QRKEY     QR text and log proof agree

FILE may be - for standard input. Exit: 0 genuine, 1 not genuine, 2 unreadable, 3 a document of a
training stack under a production key. Genuine means made by the holder of the key and, with a log
proof, kept in the public log; today's standing of a licence is asked online.
Ed25519: RFC 8032. ES256: RFC 7518. Log: RFC 6962, C2SP tlog-checkpoint.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

Object = dict[str, Any]
SIGNED: dict[tuple[str, str], tuple[str | None, ...]] = {
    ("receipt", "receipt"): ("conditional", "final"),
    ("receipt", "payment-receipt"): ("payment",),
    ("schedule", "payment-receipt"): ("schedule",),
    ("statement", "ground-statement"): (None,),
    ("statement", "verification-statement"): (None,),
}
"""What a document called this, and signed by a key for that, says of its kind (None: nothing)."""

KINDS = (
    "receipt", "statement", "schedule", "checkpoint", "inclusion", "consistency", "qr",
    "certificate",
)  # fmt: skip
ISSUED = "licence.issued"
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError)


class NotGenuine(Exception):
    """The document is not what it claims to be."""

    code = 1


class OnlyTraining(NotGenuine):
    """A training document was shown where a production key was given."""

    code = 3


# --- Ed25519 (RFC 8032, section 5.1), in extended coordinates -------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def ed_add(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    h, g, i, j = f - e, d - c, d + c, f + e
    return h * g % P, i * j % P, g * i % P, h * j % P


def ed_times(n: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = ed_add(total, point)
        point, n = ed_add(point, point), n >> 1
    return total


def ed_point(data: bytes) -> Point | None:
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    if x * x % P != square or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = ed_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Is this 64-byte signature by the 32-byte public key over the message?"""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r, s = ed_point(public), ed_point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or BASE is None or s >= ORDER:
        return False
    challenge = hashlib.sha512(signature[:32] + public + message).digest()
    right = ed_add(r, ed_times(int.from_bytes(challenge, "little") % ORDER, key))
    left = ed_times(s, BASE)
    return all((left[n] * right[2] - right[n] * left[2]) % P == 0 for n in (0, 1))


# --- ES256: ECDSA on P-256 with SHA-256 (FIPS 186-4) ----------------------------------------------

Q = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Flat = tuple[int, int] | None


def ec_add(a: Flat, b: Flat) -> Flat:
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % Q == 0:
        return None
    if a == b:
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, Q) % Q
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, Q) % Q
    x = (slope * slope - a[0] - b[0]) % Q
    return x, (slope * (a[0] - x) - a[1]) % Q


def ec_times(n: int, point: Flat) -> Flat:
    total: Flat = None
    while n:
        if n & 1:
            total = ec_add(total, point)
        point, n = ec_add(point, point), n >> 1
    return total


def verify_es256(public: bytes, message: bytes, signature: bytes) -> bool:
    """Is this signature (r, s: 32 bytes each) by the key (x, y: 32 bytes each) over the message?"""
    public = public[1:] if public[:1] == b"\x04" and len(public) == 65 else public
    if len(public) != 64 or len(signature) != 64:
        return False
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    on_curve = x < Q and y < Q and (y * y - (x * x * x - 3 * x + B)) % Q == 0
    if not on_curve or not (0 < r < N and 0 < s < N):
        return False
    digest, inverse = int.from_bytes(hashlib.sha256(message).digest(), "big"), pow(s, -1, N)
    found = ec_add(ec_times(digest * inverse % N, G), ec_times(r * inverse % N, (x, y)))
    return found is not None and found[0] % N == r


# --- the log (RFC 6962; RFC 9162, sections 2.1.3.2 and 2.1.4.2) -----------------------------------


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def climb(at: int, last: int, seed: bytes, proof: list[bytes], old: bytes) -> tuple[bytes, bytes]:
    """The new and the old root that the path leads to from leaf or subtree `at`."""
    new = seed
    for step in proof:
        if last == 0:
            raise NotGenuine("the proof is too long")
        if at & 1 or at == last:
            new, old = node(step, new), node(step, old)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node(new, step)
        at, last = at >> 1, last >> 1
    if last:
        raise NotGenuine("the proof is too short")
    return new, old


def check_inclusion(index: int, size: int, leaf: bytes, proof: list[bytes], root: bytes) -> None:
    """Raise NotGenuine unless the leaf's bytes are number `index` of the tree with this root."""
    if not 0 <= index < size:
        raise NotGenuine("the log has no such leaf")
    hashed = hashlib.sha256(b"\x00" + leaf).digest()
    if climb(index, size - 1, hashed, proof, hashed)[0] != root:
        raise NotGenuine("the leaf is not in the log of this checkpoint")


def check_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: list[bytes]
) -> None:
    """Raise NotGenuine unless the second tree begins with the first."""
    roots = first_root, second_root
    if not 0 <= first <= second:
        raise NotGenuine("the second checkpoint is the smaller one")
    if first in (0, second):
        same = roots[0] == (roots[1] if first else hashlib.sha256(b"").digest())
        if proof or not same:
            raise NotGenuine("checkpoints of the same size differ, or the empty log has leaves")
        return
    path = proof if first & (first - 1) else [first_root, *proof]
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if not path or climb(at, last, path[0], path[1:], path[0]) != roots[::-1]:
        raise NotGenuine(
            "the log was rewritten: the later checkpoint did not grow from the earlier"
        )


# --- documents ------------------------------------------------------------------------------------


def unique(pairs: list[tuple[str, object]]) -> Object:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a member is named twice")
    return dict(pairs)


def whole(text: str) -> int:
    raise ValueError(f"{text[:20]} is no whole number")


def read_json(data: str | bytes) -> Object:
    value = json.loads(data, object_pairs_hook=unique, parse_float=whole, parse_constant=whole)
    return dict(value)


def canonical(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def unbase64(text: str, url: bool = False) -> bytes:
    padded = text + "=" * (-len(text) % 4) if url else text
    data = base64.b64decode(padded, altchars=b"-_" if url else None, validate=True)
    spelled = base64.b64encode(data, altchars=b"-_" if url else None).decode()
    if (spelled.rstrip("=") if url else spelled) != text:
        raise ValueError("base64 in an unusual spelling")
    return data


def is_training(origin: object) -> bool:
    return "TRAINING" in str(origin).split("/")


def key_for(keys: list[Object], purpose: str, origin: object, training: bool = False) -> Object:
    """The one given key for this purpose, unless it and the document are of different worlds."""
    alike = [key for key in keys if purpose in ("", key["purpose"])]
    if len(alike) != 1:
        raise ValueError(f"give exactly one key {purpose and f'for a {purpose}'}")
    key = alike[0]
    if (training or is_training(origin)) and not is_training(key["origin"]):
        raise OnlyTraining("TRAINING document: it has no legal force and this is a production key")
    if origin is not None and origin != key["origin"]:
        raise NotGenuine(f"made by {origin!r}, but the key belongs to {key['origin']!r}")
    return key


def signed_document(document: Object, keys: list[Object], kind: str) -> Object:
    """What {"body", "key", "signature"} says, once its Ed25519 signature is found good."""
    body = dict(document["body"])
    key = key_for(keys, "", body.get("origin"), body.get("training") is True)
    message = f"cornerpost/{key['purpose']}/v1\n".encode() + canonical(body)
    signature = unbase64(document["signature"], url=True)
    kinds = SIGNED.get((kind, key["purpose"]))
    if kinds is None:
        raise NotGenuine(f"a key for {key['purpose']!r} signs no {kind}")
    if document["key"] != key["key"] or key["alg"] != "Ed25519":
        raise NotGenuine(f"signed with key {document['key']!r}, the key given is {key['key']!r}")
    if not verify_ed25519(unbase64(key["public"], url=True), message, signature):
        raise NotGenuine("the signature does not belong to this document")
    if body.get("kind") not in kinds:
        raise NotGenuine(f"signed as {body.get('kind')!r}, which is no {kind}")
    return {"signed by": key["key"], "as": key["purpose"], "says": body}


def checkpoint(note: str, keys: list[Object]) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint, once the log's own signature is found good."""
    text, _, tail = note.rpartition("\n\n")
    origin, size, root = text.split("\n")[:3]
    key = key_for(keys, "checkpoint", origin)
    public = unbase64(key["public"], url=True)
    label = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
    start = f"\u2014 {origin} "
    lines = [line[len(start) :] for line in tail.split("\n") if line.startswith(start)]
    signatures = [blob[4:] for blob in map(unbase64, lines) if blob[:4] == label]
    message = (text + "\n").encode()
    if len(signatures) != 1 or not verify_ed25519(public, message, signatures[0]):
        raise NotGenuine("the checkpoint is not signed by the log's key")
    if not (size.isascii() and size.isdigit() and str(int(size)) == size) or not tail.endswith(
        "\n"
    ):
        raise ValueError("the checkpoint's size is not a plain number")
    return origin, int(size), unbase64(root)


def inclusion(bundle: Object, keys: list[Object]) -> Object:
    """What the log holds of one act, and its payload where the bundle discloses it."""
    origin, size, root = checkpoint(bundle["checkpoint"], keys)
    leaf, index = unbase64(bundle["leaf"]), bundle["index"]
    if type(index) is not int or bundle["size"] != size:
        raise NotGenuine("the proof is for another size than the checkpoint's")
    check_inclusion(index, size, leaf, [unbase64(one) for one in bundle["hashes"]], root)
    facts, shown = read_json(leaf), bundle.get("disclosed")
    if facts.get("index", index) != index:
        raise NotGenuine("the leaf carries another number than its place in the log")
    found = {"log": origin, "index": index, "of": size, "leaf": facts}
    if shown is None:
        return found
    digest = hashlib.sha256(unbase64(shown["salt"]) + canonical(shown["payload"])).hexdigest()
    if digest != facts["commitment"]:
        raise NotGenuine("the payload shown is not the one that was logged")
    return {**found, "payload": shown["payload"]}


def consistency(bundle: Object, keys: list[Object]) -> Object:
    """Both checkpoints signed by one log, the later grown from the earlier."""
    first, second = (checkpoint(bundle[which], keys) for which in ("first", "second"))
    proof = [unbase64(one) for one in bundle["hashes"]]
    check_consistency(first[1], second[1], first[2], second[2], proof)
    return {"log": first[0], "grew from": first[1], "to": second[1]}


def qr(text: str, keys: list[Object]) -> Object:
    """The payload of a QR text: a compact JWS, alone or behind the # of an address."""
    header, payload, signature = text.strip().rpartition("#")[2].split(".")
    head, body = read_json(unbase64(header, url=True)), read_json(unbase64(payload, url=True))
    key = key_for(keys, "qr", body.get("origin"), body.get("training") is True)
    if (
        head.get("alg") != "ES256"
        or key["alg"] != "ES256"
        or head.get("kid", key["key"]) != key["key"]
    ):
        raise NotGenuine("the QR code was signed with another key or in another way")
    public, message = unbase64(key["public"], url=True), f"{header}.{payload}".encode()
    if not verify_es256(public, message, unbase64(signature, url=True)):
        raise NotGenuine("the QR code's signature is not genuine")
    return body


def certificate(document: Object, keys: list[Object]) -> Object:
    """A licence's log proof with disclosed payload, its QR text, and that they say the same."""
    proof = inclusion(document["inclusion"], keys)
    logged, printed = proof["payload"], qr(document["qr"], keys)
    if (told := proof["leaf"].get("kind")) != ISSUED:
        raise NotGenuine(f"the leaf tells of {told!r}, not of {ISSUED!r}")
    differing = [name for name in printed.keys() & logged.keys() if printed[name] != logged[name]]
    if "licence" not in printed.keys() & logged.keys() or differing:
        raise NotGenuine(f"the certificate and the log differ in {differing or 'the licence'}")
    if printed.get("log_index", proof["index"]) != proof["index"]:
        raise NotGenuine("the certificate names another leaf of the log")
    return {**proof, "certificate": printed}


# --- the command ----------------------------------------------------------------------------------


def judge(what: str, text: str, keys: list[Object]) -> Object:
    if what == "checkpoint":
        return dict(zip(("log", "size", "root"), checkpoint(text, keys), strict=True))
    if what == "qr":
        return qr(text, keys)
    if what in ("receipt", "statement", "schedule"):
        return signed_document(read_json(text), keys, what)
    judges = {"inclusion": inclusion, "consistency": consistency, "certificate": certificate}
    return judges[what](read_json(text), keys)


def main(arguments: list[str] | None = None) -> int:
    """Judge one document; the exit code is the verdict."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=KINDS)
    parser.add_argument("file")
    parser.add_argument("--key", action="append", required=True, metavar="KEYFILE")
    asked = parser.parse_args(arguments)
    try:
        keys = [read_json(Path(name).read_bytes()) for name in asked.key]
        text = sys.stdin.read() if asked.file == "-" else Path(asked.file).read_text("utf-8")
        found = judge(asked.what, text, keys)
    except NotGenuine as verdict:
        print(f"NOT GENUINE: {verdict}")
        return verdict.code
    except UNREADABLE as unreadable:
        print(f"UNREADABLE: {type(unreadable).__name__}: {unreadable}")
        return 2
    training = any(is_training(key["origin"]) for key in keys)
    banner = "*** TRAINING: made for practice, without any legal force ***"
    print(banner if training else f"GENUINE {asked.what}")
    print(json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True, default=bytes.hex))
    if training:
        print(banner)
    return 0


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", dict)(errors="backslashreplace")
    sys.exit(main())
