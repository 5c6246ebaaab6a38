"""`verify.py` on documents: what it accepts, what it refuses, what it says of training."""

import base64
import json
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import verify
from kernel.log.bundle import consistency_bundle
from kernel.log.canonical import canonical
from kernel.log.leaf import make_leaf
from kernel.log.tree import Frontier, Place, consistency_proof, inclusion_proof
from tests.kernel.office import AT, LIVE, PRACTICE, SALT, Office, b64url, es256, verify_leaf


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, LIVE)


@pytest.fixture
def training(tmp_path: Path) -> Office:
    folder = tmp_path / "training"
    folder.mkdir()
    return Office(folder, PRACTICE)


Verdict = Callable[..., tuple[int, str]]


@pytest.fixture
def verdict(capsys: pytest.CaptureFixture[str]) -> Verdict:
    def ask(what: str, file: str, *keys: str) -> tuple[int, str]:
        given = [part for key in keys for part in ("--key", key)]
        return verify.main([what, file, *given]), capsys.readouterr().out

    return ask


def test_a_receipt_is_genuine_until_one_letter_changes(office: Office, verdict: Verdict) -> None:
    body: dict[str, object] = {"origin": LIVE, "kind": "final", "holder": "Ä", "sequence": 7}
    receipt, key = office.document(body), office.key("receipt")
    code, said = verdict("receipt", office.file("r.json", receipt), key)
    assert (code, said.splitlines()[0]) == (0, "GENUINE receipt")
    forged = receipt | {"body": body | {"sequence": 6}}
    assert verdict("receipt", office.file("f.json", forged), key)[0] == 1
    assert verdict("statement", office.file("r.json", receipt), key)[0] == 1
    assert verdict("receipt", office.file("r.json", receipt), office.key("payment-receipt"))[0] == 1


def test_a_training_receipt_is_refused_under_a_production_key_and_loud_under_its_own(
    office: Office, training: Office, verdict: Verdict
) -> None:
    receipt = training.file("r.json", training.document({"origin": PRACTICE, "kind": "final"}))
    code, said = verdict("receipt", receipt, office.key("receipt"))
    assert code == 3
    assert "TRAINING" in said
    code, said = verdict("receipt", receipt, training.key("receipt"))
    assert code == 0
    assert said.splitlines()[0] == said.splitlines()[-1]
    assert "TRAINING" in said.splitlines()[0]


def test_a_training_statement_says_so_without_an_origin(
    office: Office, training: Office, verdict: Verdict
) -> None:
    body: dict[str, object] = {"training": True}
    made = training.file("s.json", training.document(body, "ground-statement"))
    assert verdict("statement", made, office.key("ground-statement"))[0] == 3
    assert verdict("statement", made, training.key("ground-statement"))[0] == 0


SAID = (  # as what it is shown, the key's purpose, the body's kind, whether it is that
    ("receipt", "receipt", "conditional", True),
    ("receipt", "receipt", "final", True),
    ("receipt", "receipt", "schedule", False),
    ("receipt", "receipt", None, False),
    ("receipt", "payment-receipt", "payment", True),
    ("receipt", "payment-receipt", "schedule", False),
    ("receipt", "payment-receipt", "final", False),
    ("schedule", "payment-receipt", "schedule", True),
    ("schedule", "payment-receipt", "payment", False),
    ("schedule", "receipt", "schedule", False),
    ("statement", "ground-statement", None, True),
    ("statement", "verification-statement", None, True),
    ("statement", "ground-statement", "schedule", False),
    ("statement", "payment-receipt", "payment", False),
    ("receipt", "ground-statement", None, False),
)


@pytest.mark.parametrize(("shown_as", "purpose", "kind", "it_is"), SAID)
def test_a_document_is_genuine_only_as_what_it_was_signed_as(
    office: Office, verdict: Verdict, shown_as: str, purpose: str, kind: str | None, it_is: bool
) -> None:
    body: dict[str, object] = {"origin": LIVE} | ({} if kind is None else {"kind": kind})
    made = office.file("d.json", office.document(body, purpose))
    code, said = verdict(shown_as, made, office.key(purpose))
    first = f"GENUINE {shown_as}" if it_is else "NOT GENUINE"
    assert (code, said.startswith(first)) == (0 if it_is else 1, True)


def test_a_leaf_of_another_kind_makes_no_certificate(verdict: Verdict, tmp_path: Path) -> None:
    office = Office(tmp_path, LIVE, tells="licence.revoked")
    made = {"qr": office.qr(licence="AP-3", n=3, log_index=3), "inclusion": office.bundle(3)}
    keys = office.key("checkpoint"), office.key("qr")
    code, said = verdict("certificate", office.file("l.json", made), *keys)
    assert (code, "licence.revoked" in said) == (1, True)


def test_a_training_checkpoint_is_refused_under_a_production_key(
    office: Office, training: Office, verdict: Verdict
) -> None:
    note = training.file("c.txt", training.checkpoint(10))
    assert verdict("checkpoint", note, office.key("checkpoint"))[0] == 3
    assert verdict("checkpoint", note, training.key("checkpoint"))[0] == 0


def test_every_checkpoint_and_leaf_of_the_kernels_log_verifies(
    office: Office, verdict: Verdict
) -> None:
    key = office.key("checkpoint")
    for size in range(1, 11):
        assert verdict("checkpoint", office.file("c.txt", office.checkpoint(size)), key)[0] == 0
        bundle = office.file("i.json", office.bundle(size - 1, size))
        assert verdict("inclusion", bundle, key)[0] == 0


def test_every_pair_of_the_kernels_checkpoints_is_consistent(
    office: Office, verdict: Verdict
) -> None:
    key = office.key("checkpoint")
    for first in range(11):
        for second in range(first, 11, 3):
            proof = consistency_proof(first, second, office.nodes.__getitem__)
            made = consistency_bundle(office.checkpoint(first), office.checkpoint(second), proof)
            assert verdict("consistency", office.file("g.json", made.model_dump()), key)[0] == 0


def test_a_rewritten_log_is_found(office: Office, verdict: Verdict, tmp_path: Path) -> None:
    other = Office(tmp_path, LIVE)
    other.ed = office.ed
    other.leaves[1] = b"rewritten"
    other.frontiers, other.nodes = [Frontier()], {}
    for leaf in other.leaves:
        frontier, fresh = other.frontiers[-1].grow(verify_leaf(leaf))
        other.frontiers.append(frontier)
        other.nodes.update((one.place, one.hash) for one in fresh)
    proof = consistency_proof(4, 10, other.nodes.__getitem__)
    made = consistency_bundle(office.checkpoint(4), other.checkpoint(10), proof).model_dump()
    code, said = verdict("consistency", office.file("g.json", made), office.key("checkpoint"))
    assert code == 1
    assert "rewritten" in said


@pytest.mark.parametrize(
    "change",
    [
        {"index": 4},
        {"size": 9},
        {"hashes": []},
        {"leaf": base64.b64encode(b"{}").decode()},
        {"disclosed": {"payload": {"licence": "AP-4"}, "salt": base64.b64encode(SALT).decode()}},
        {
            "disclosed": {
                "payload": {"licence": "AP-3"},
                "salt": base64.b64encode(bytes(16)).decode(),
            }
        },
        {"index": "3"},
    ],
)
def test_a_changed_proof_is_not_genuine(
    office: Office, verdict: Verdict, change: dict[str, object]
) -> None:
    broken = office.file("i.json", office.bundle(3) | change)
    assert verdict("inclusion", broken, office.key("checkpoint"))[0] == 1


def test_a_proof_of_another_tree_size_is_not_genuine(office: Office) -> None:
    leaf, roots = office.leaves[0], [frontier.root() for frontier in office.frontiers]
    proofs = {n: inclusion_proof(0, n, office.nodes.__getitem__) for n in (2, 4)}
    with pytest.raises(verify.NotGenuine, match="short"):
        verify.check_inclusion(0, 4, leaf, proofs[2], roots[2])
    with pytest.raises(verify.NotGenuine, match="long"):
        verify.check_inclusion(0, 2, leaf, proofs[4], roots[4])
    with pytest.raises(verify.NotGenuine, match="no such leaf"):
        verify.check_inclusion(2, 2, leaf, proofs[2], roots[2])


def test_two_logs_of_one_size_are_not_consistent() -> None:
    for first, second in ((3, 3), (0, 3), (3, 2)):
        with pytest.raises(verify.NotGenuine):
            verify.check_consistency(first, second, bytes(32), bytes([1]) * 32, [])


def test_a_leaf_that_carries_another_number_is_not_genuine(
    office: Office, verdict: Verdict
) -> None:
    stray = make_leaf("licence.issued", "0", AT, office.payloads[0], SALT, index=5).to_bytes()
    office.leaves[0] = stray
    office.frontiers[1], fresh = Frontier().grow(verify_leaf(stray))
    office.nodes[Place(0, 0)] = fresh[0].hash
    bundle = office.file("i.json", office.bundle(0, 1))
    code, said = verdict("inclusion", bundle, office.key("checkpoint"))
    assert code == 1
    assert "number" in said


def test_a_checkpoint_signed_by_somebody_else_is_not_genuine(
    office: Office, verdict: Verdict, tmp_path: Path
) -> None:
    impostor = Office(tmp_path, LIVE)
    note = office.checkpoint(10)
    key = office.key("checkpoint")
    own = impostor.file("c.txt", impostor.checkpoint(10))
    assert verdict("checkpoint", own, key)[0] == 1
    assert (
        verdict("checkpoint", office.file("c.txt", note.replace("\n10\n", "\n11\n")), key)[0] == 1
    )


def test_a_certificate_is_its_qr_code_and_its_leaf(office: Office, verdict: Verdict) -> None:
    keys = office.key("checkpoint"), office.key("qr")
    made = {"qr": office.qr(licence="AP-3", n=3, log_index=3), "inclusion": office.bundle(3)}
    code, said = verdict("certificate", office.file("l.json", made), *keys)
    assert code == 0, said
    assert verdict("qr", office.file("qr.txt", str(made["qr"])), keys[1])[0] == 0
    for other in (
        office.qr(licence="AP-4", n=3),
        office.qr(licence="AP-3", n=4),
        office.qr(licence="AP-3", log_index=4),
        office.qr(n=3),
        office.qr(licence="AP-3").replace("#", "#e"),
        office.qr(licence="AP-3")[:-4] + "AAAA",
    ):
        forged = office.file("f.json", made | {"qr": other})
        assert verdict("certificate", forged, *keys)[0] in (1, 2)


def test_a_qr_code_without_a_real_algorithm_is_not_genuine(
    office: Office, verdict: Verdict
) -> None:
    body = b64url(canonical({"licence": "AP-3"}))
    for header in ({"alg": "none"}, {"alg": "HS256"}, {"alg": "ES256", "kid": "other"}):
        said = f"{b64url(json.dumps(header).encode())}.{body}"
        text = f"{said}.{b64url(es256(office.p256, said.encode()))}"
        assert verdict("qr", office.file("qr.txt", text), office.key("qr"))[0] == 1


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "{", '{"body":{"a":1.5}}', '{"body":{},"body":{}}']
)
@pytest.mark.parametrize("what", verify.KINDS)
def test_garbage_is_unreadable_and_never_a_traceback(
    office: Office, verdict: Verdict, what: str, text: str
) -> None:
    keys = office.key("checkpoint"), office.key("qr")
    assert verdict(what, office.file("x", text), *keys)[0] == 2
    assert verdict(what, str(office.folder / "missing"), *keys)[0] == 2


def test_it_runs_alone_on_the_standard_library(office: Office) -> None:
    script = Path(verify.__file__)
    note = office.file("c.txt", office.checkpoint(10))
    run = [sys.executable, "-I", "-S", str(script), "checkpoint", note, "--key"]
    done = subprocess.run([*run, office.key("checkpoint")], capture_output=True, timeout=60)
    assert done.returncode == 0
    assert done.stdout.startswith(b"GENUINE checkpoint")


def test_random_salts_make_equal_payloads_unlike() -> None:
    one, two = (make_leaf("x", "x", AT, {"a": 1}, secrets.token_bytes(16)) for _ in range(2))
    assert one.commitment != two.commitment
