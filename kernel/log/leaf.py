"""Leaves: what the log keeps of an act, namely a salted commitment and never the payload itself."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from kernel.log.canonical import JSON, canonical, parse_canonical
from kernel.log.tree import leaf_hash

VERSION = 1
SALT_BYTES = 16


class NotALeaf(ValueError):
    """These bytes are no leaf of ours."""


@dataclass(frozen=True, slots=True)
class LeafFacts:
    """What everybody may read of a leaf.

    `subject` is the id of the thing the act was about, `at` the legal instant the log recorded
    (UTC, microseconds), `commitment` SHA-256(salt || canonical(payload)) in hex: with salt and
    payload anyone can check it, without them nobody can guess it. `index` is the leaf's number.
    """

    kind: str
    subject: str
    at: datetime
    commitment: str
    index: int | None = None

    def to_bytes(self) -> bytes:
        """The leaf's canonical bytes: what is hashed into the tree and stored."""
        number: dict[str, JSON] = {} if self.index is None else {"index": self.index}
        return canonical(
            number
            | {
                "v": VERSION,
                "kind": self.kind,
                "subject": self.subject,
                "at": instant(self.at),
                "commitment": self.commitment,
            }
        )

    def hash(self) -> bytes:
        """The leaf hash in the tree."""
        return leaf_hash(self.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a leaf back; NotALeaf when a member is missing, strange or of another version."""
        try:
            leaf = cls._from(parse_canonical(data))
            same = leaf.to_bytes() == data
        except (ValueError, TypeError, KeyError) as broken:
            raise NotALeaf("these bytes are no leaf of ours") from broken
        if not same:
            raise NotALeaf("this leaf has members that this version does not know")
        return leaf

    @classmethod
    def _from(cls, found: JSON) -> Self:
        if not isinstance(found, dict):
            raise TypeError("a leaf is an object")
        index = found.get("index")
        return cls(
            kind=str(found["kind"]),
            subject=str(found["subject"]),
            at=datetime.fromisoformat(str(found["at"])),
            commitment=str(found["commitment"]),
            index=index if isinstance(index, int) else None,
        )


def make_leaf(
    kind: str,
    subject: str,
    at: datetime,
    payload: JSON,
    salt: bytes,
    *,
    index: int | None = None,
) -> LeafFacts:
    """The leaf of one act; `salt` is at least 16 random bytes that the service keeps beside it."""
    return LeafFacts(kind, subject, at, commit_to(payload, salt), index)


def commit_to(payload: JSON, salt: bytes) -> str:
    """SHA-256(salt || canonical(payload)) in hex; ValueError for a salt under 16 bytes."""
    if len(salt) < SALT_BYTES:
        raise ValueError(f"a salt has at least {SALT_BYTES} bytes")
    return hashlib.sha256(salt + canonical(payload)).hexdigest()


def discloses(leaf: LeafFacts, payload: JSON, salt: bytes) -> bool:
    """Is this the payload, with its salt, that the leaf committed to?"""
    return hmac.compare_digest(commit_to(payload, salt).encode(), leaf.commitment.encode())


def instant(at: datetime) -> str:
    """An instant in UTC with microseconds, `2026-03-02T08:00:00.000000Z`: one spelling for each."""
    if at.utcoffset() is None:
        raise ValueError("an instant without its offset from UTC is no instant")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
