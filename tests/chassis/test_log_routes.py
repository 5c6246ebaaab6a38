import base64
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.testclient import TestClient
from tiny.service import Settings, create_app

from chassis.clock import machine_now
from chassis.signing import Keyring, NotGenuine, PublicKey, Signer, TokenSigner, make_key
from chassis.unit_of_work import Works
from kernel.authority import clockwork
from kernel.log.checkpoint import parse_checkpoint
from kernel.log.proofs import verify_consistency, verify_inclusion
from kernel.log.tree import leaf_hash


@pytest.fixture
def client(settings: Settings, works: Works) -> Iterator[TestClient]:
    for n in range(5):
        works.run(clockwork("x"), lambda work, n=n: work.append("thing.counted", str(n), {"n": n}))
    with TestClient(create_app(settings)) as made:
        yield made


def test_a_stranger_can_verify_a_leaf_against_the_signed_head(
    client: TestClient, settings: Settings
) -> None:
    bundle = client.get("/v1/log/proof/inclusion", params={"index": 2}).json()
    signed = parse_checkpoint(bundle["checkpoint"])
    key = PublicKey.read(settings.keys / "public" / "messages-checkpoints.json")
    line = signed.by(signed.checkpoint.origin, key.public)
    assert line is not None
    Ed25519PublicKey.from_public_bytes(key.public).verify(
        line.signature, signed.checkpoint.text().encode()
    )
    leaf = leaf_hash(base64.b64decode(bundle["leaf"]))
    proof = [base64.b64decode(one) for one in bundle["hashes"]]
    assert verify_inclusion(2, bundle["size"], leaf, proof, signed.checkpoint.root)
    assert signed.checkpoint.training


def test_two_heads_are_proved_to_be_of_one_log(client: TestClient) -> None:
    bundle = client.get("/v1/log/proof/consistency", params={"first": 3}).json()
    first, second = (parse_checkpoint(bundle[name]).checkpoint for name in ("first", "second"))
    proof = [base64.b64decode(one) for one in bundle["hashes"]]
    assert verify_consistency(first.size, second.size, first.root, second.root, proof)
    now = parse_checkpoint(client.get("/v1/log/checkpoint").text).checkpoint
    assert (now.size, now.root) == (second.size, second.root)


def test_entries_are_paged_and_their_leaves_are_what_is_hashed(client: TestClient) -> None:
    first = client.get("/v1/log/entries", params={"limit": 2}).json()
    assert [entry["index"] for entry in first["entries"]] == [0, 1]
    rest = client.get("/v1/log/entries", params={"start": 2, "limit": 1000}).json()
    assert len(rest["entries"]) == first["size"] - 2
    assert "salt" not in str(rest)


def test_what_the_log_has_not_reached_is_not_there(client: TestClient) -> None:
    for address in ("inclusion?index=999999", "inclusion?index=0&size=0", "consistency?first=9999"):
        assert client.get(f"/v1/log/proof/{address}").status_code == 404


def test_a_signed_document_is_verified_for_its_purpose_only(settings: Settings) -> None:
    keys = settings.keys
    make_key(keys, "things-receipts", "Ed25519", "receipt", "x/TRAINING/y", machine_now())
    document = Signer.load(keys, "things-receipts").sign({"thing": "a", "n": 1})
    ring = Keyring.load(keys)
    assert ring.verify(document, "receipt") == {"thing": "a", "n": 1}
    bad = [
        document | {"body": {"thing": "b", "n": 1}},
        document | {"key": "another"},
        document | {"signature": "AAAA"},
        document | {"signature": 7},
        document | {"body": {"n": 1.5}},
        {},
    ]
    for forged in bad:
        with pytest.raises(NotGenuine):
            ring.verify(forged, "receipt")
    with pytest.raises(NotGenuine):
        ring.verify(document, "statement")


def test_a_token_is_signed_with_es256_and_its_key_is_published(settings: Settings) -> None:
    from joserfc import jwt
    from joserfc.jwk import KeySet

    make_key(settings.keys, "things-qr", "ES256", "qr", "x/TRAINING/y", machine_now())
    signer = TokenSigner.load(settings.keys, "things-qr")
    token = signer.token({"thing": "a"})
    keys = KeySet.import_key_set(signer.jwks())  # type: ignore[arg-type]
    assert jwt.decode(token, keys, algorithms=["ES256"]).claims == {"thing": "a"}
    assert "d" not in signer.jwks()["keys"][0]


def test_a_key_is_made_once_and_only_its_owner_reads_it(settings: Settings) -> None:
    first = make_key(settings.keys, "things-one", "Ed25519", "p", "o", machine_now())
    again = make_key(settings.keys, "things-one", "Ed25519", "p", "o", machine_now())
    assert first == again
    assert (settings.keys / "things-one.pem").stat().st_mode & 0o777 == 0o600
