"""Checkpoints and signed notes, against the published examples."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.log.checkpoint import (
    Checkpoint,
    NotACheckpoint,
    NoteSignature,
    is_training,
    key_id,
    origin_of,
    parse_checkpoint,
    verifier_key,
)

# The example of C2SP tlog-checkpoint.
PUBLISHED = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
    "/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
# The key of Go's golang.org/x/mod/sumdb/note tests.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_the_published_checkpoint_reads_and_is_written_alike() -> None:
    note = parse_checkpoint(PUBLISHED)
    assert note.checkpoint.origin == "example.com/behind-the-sofa"
    assert note.checkpoint.size == 20852163
    assert note.checkpoint.signed(*note.signatures) == PUBLISHED


def test_key_ids_are_the_published_ones() -> None:
    public = base64.b64decode(VKEY.split("+", 2)[2])[1:]
    assert key_id("PeterNeumann", public).hex() == "c74f20a3"
    assert verifier_key("PeterNeumann", public) == VKEY


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("20852163", "020852163"),
        ("20852163", "-1"),
        ("20852163", "\u0661"),
        ("\n\n", "\n"),
        ("\u2014 ", "- "),
        ("q2I=", "q2I"),
        ("q2I=", "q2J="),
        ("CsUYap", "CsUY ap"),
        ("behind-the-sofa\n20", "behind the sofa\n20"),
        ("behind-the-sofa\n20", "behind+the-sofa\n20"),
        ("AYQ8=\n", "AYQ8="),
        ("AYQ8=\n", "AYQ8=\n\n"),
        ("20852163\n", "20852163\n\n"),
        ("/Zhcyv", "!Zhcyv"),
    ],
)
def test_a_broken_checkpoint_is_refused(old: str, new: str) -> None:
    assert old in PUBLISHED
    with pytest.raises(NotACheckpoint):
        parse_checkpoint(PUBLISHED.replace(old, new, 1))


@given(
    st.integers(0, 2**60),
    st.binary(min_size=32, max_size=32),
    st.lists(st.text("abc \u00e4", min_size=1).filter(str.strip), max_size=2),
    st.lists(st.binary(min_size=1, max_size=80), min_size=1, max_size=3),
)
def test_a_signed_checkpoint_reads_back(
    size: int, root: bytes, extensions: list[str], blobs: list[bytes]
) -> None:
    origin = origin_of("cadastre.example", "licensing", training=False)
    made = Checkpoint(origin, size, root, tuple(extensions))
    signatures = [NoteSignature(f"witness.example/{n}", b"1234", s) for n, s in enumerate(blobs)]
    note = parse_checkpoint(made.signed(*signatures))
    assert note.checkpoint == made
    assert list(note.signatures) == signatures


def test_the_logs_own_signature_is_found_among_the_witnesses() -> None:
    public, origin = bytes(32), "cadastre.example/licensing"
    own = NoteSignature(origin, key_id(origin, public), bytes(64))
    other = NoteSignature(origin, b"abcd", bytes(64))
    note = parse_checkpoint(Checkpoint(origin, 1, bytes(32)).signed(other, own))
    assert note.by(origin, public) == own
    assert note.by(origin, bytes(31) + b"1") is None


def test_a_training_log_says_so_in_its_origin() -> None:
    origin = origin_of("cadastre.example", "licensing", training=True)
    assert origin == "cadastre.example/TRAINING/licensing"
    assert Checkpoint(origin, 0, bytes(32)).training
    assert not is_training("cadastre.example/licensing")


def test_a_note_without_signature_is_no_checkpoint() -> None:
    with pytest.raises(NotACheckpoint):
        Checkpoint("a", 0, bytes(32)).signed()
