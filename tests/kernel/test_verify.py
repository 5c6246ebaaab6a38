"""`verify.py` on signatures: published vectors and agreement with the libraries."""

import base64

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

import verify

# RFC 8032, section 7.1, TEST 1 to 3: public key, message, signature
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_published_ed25519_signatures_verify(public: str, message: str, signature: str) -> None:
    key, said, signed = (bytes.fromhex(one) for one in (public, message, signature))
    assert verify.verify_ed25519(key, said, signed)
    assert not verify.verify_ed25519(key, said + b"\x00", signed)
    assert not verify.verify_ed25519(key, said, signed[:32] + bytes(32))


def test_the_published_signed_note_verifies() -> None:
    # golang.org/x/mod/sumdb/note, note_test.go
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    line = (
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
        "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    public = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    assert verify.verify_ed25519(public, text.encode(), base64.b64decode(line)[4:])


def test_a_signature_with_the_group_order_added_is_refused() -> None:
    public, message, signature = (bytes.fromhex(one) for one in RFC_8032[1])
    s = int.from_bytes(signature[32:], "little") + verify.ORDER
    assert not verify.verify_ed25519(public, message, signature[:32] + s.to_bytes(32, "little"))


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_ed25519_agrees_with_the_library(seed: bytes, message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert verify.verify_ed25519(public, message, signature)
    broken = bytearray(signature)
    broken[bit // 8] ^= 1 << bit % 8
    assert not verify.verify_ed25519(public, message, bytes(broken))


def es256(private: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    r, s = decode_dss_signature(private.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def coordinates(private: ec.EllipticCurvePrivateKey) -> bytes:
    point = private.public_key().public_numbers()
    return point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")


@settings(max_examples=15, deadline=None)
@given(st.integers(1, verify.N - 1), st.binary(max_size=200), st.integers(0, 511))
def test_es256_agrees_with_the_library(secret: int, message: bytes, bit: int) -> None:
    private = ec.derive_private_key(secret, ec.SECP256R1())
    signature = es256(private, message)
    assert verify.verify_es256(coordinates(private), message, signature)
    assert verify.verify_es256(b"\x04" + coordinates(private), message, signature)
    assert not verify.verify_es256(coordinates(private), message + b"x", signature)
    broken = bytearray(signature)
    broken[bit // 8] ^= 1 << bit % 8
    assert not verify.verify_es256(coordinates(private), message, bytes(broken))


def test_a_point_off_the_curve_is_no_key() -> None:
    private = ec.derive_private_key(7, ec.SECP256R1())
    signature, public = es256(private, b"x"), coordinates(private)
    assert not verify.verify_es256(public[:63] + bytes([public[63] ^ 1]), b"x", signature)
    assert not verify.verify_es256(public, b"x", bytes(64))
