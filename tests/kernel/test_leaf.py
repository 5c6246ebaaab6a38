"""What the log keeps of an act."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from kernel.log.canonical import canonical
from kernel.log.leaf import LeafFacts, NotALeaf, discloses, instant, make_leaf

AT = datetime(2026, 3, 2, 11, 0, tzinfo=timezone(timedelta(hours=3)))
SALT = bytes(range(16))
PAYLOAD = {"holder": "Amina", "hectares": "6.4"}
LEAF = make_leaf("application.lodged", "0190-1", AT, PAYLOAD, SALT, index=7)


def test_a_leaf_holds_a_commitment_and_nothing_of_the_payload() -> None:
    assert LEAF.to_bytes() == (
        b'{"at":"2026-03-02T08:00:00.000000Z","commitment":"'
        + LEAF.commitment.encode()
        + b'","index":7,"kind":"application.lodged","subject":"0190-1","v":1}'
    )
    assert b"Amina" not in LEAF.to_bytes()


def test_a_leaf_reads_back() -> None:
    assert LeafFacts.from_bytes(LEAF.to_bytes()) == LEAF
    unnumbered = make_leaf("notice.sent", "x", AT, {}, SALT)
    assert LeafFacts.from_bytes(unnumbered.to_bytes()) == unnumbered


def test_payload_and_salt_open_the_commitment_and_nothing_else_does() -> None:
    assert discloses(LEAF, PAYLOAD, SALT)
    assert not discloses(LEAF, PAYLOAD | {"hectares": "6.5"}, SALT)
    assert not discloses(LEAF, PAYLOAD, SALT[::-1])


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="salt"):
        make_leaf("x", "x", AT, {}, b"short")


@pytest.mark.parametrize(
    "change",
    [{"v": 2}, {"kind": None}, {"at": "2026-03-02"}, {"extra": 1}, {"index": "7"}, {"at": "never"}],
)
def test_a_strange_leaf_is_refused(change: dict[str, object]) -> None:
    members = {
        "v": 1,
        "kind": "x",
        "subject": "x",
        "at": "2026-03-02T08:00:00.000000Z",
        "commitment": "00" * 32,
        "index": 7,
    }
    assert LeafFacts.from_bytes(canonical(members)).index == 7
    with pytest.raises(NotALeaf):
        LeafFacts.from_bytes(canonical(members | change))  # type: ignore[arg-type, operator]
    with pytest.raises(NotALeaf):
        LeafFacts.from_bytes(b"[]")


def test_an_instant_has_one_spelling() -> None:
    assert instant(AT) == instant(AT.astimezone(UTC)) == "2026-03-02T08:00:00.000000Z"
    with pytest.raises(ValueError, match="offset"):
        instant(AT.replace(tzinfo=None))
