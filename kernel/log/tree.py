"""The Merkle tree of a log (RFC 6962, 2.1): hashing, growing it leaf by leaf, building proofs."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


class Place(NamedTuple):
    """Where a full subtree stands: the leaves number·2^level up to (number+1)·2^level."""

    level: int
    number: int


class Node(NamedTuple):
    """A full subtree's hash at its place; it never changes once it exists."""

    place: Place
    hash: bytes


Read = Callable[[Place], bytes]
"""Reads the stored hash of a full subtree; leaves are level 0."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf: SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, straight from the definition; for checking, not for speed."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(merkle_root(leaves[:split]), merkle_root(leaves[split:]))


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: all that is needed to grow it and to know its root.

    `hashes` are the roots of the full subtrees that make up the tree, the largest first: one for
    each 1 in the binary spelling of `size` (the number of leaves).
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a frontier whose parts cannot belong together."""
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"a tree of {self.size} leaves has another number of full subtrees")
        if any(len(one) != HASH_BYTES for one in self.hashes):
            raise ValueError("a hash of the frontier is not 32 bytes long")

    def append(self, leaf: bytes) -> Self:
        """The frontier after one more leaf, given by its leaf hash."""
        return self.grow(leaf)[0]

    def grow(self, leaf: bytes) -> tuple[Self, tuple[Node, ...]]:
        """The next frontier, and the nodes that this leaf completes: the rows to store for proofs.

        The first node is the leaf itself (level 0); on average there are two.
        """
        done, carried, index = list(self.hashes), leaf, self.size
        fresh = [Node(Place(0, index), carried)]
        while index & 1:
            carried, index = node_hash(done.pop(), carried), index >> 1
            fresh.append(Node(Place(len(fresh), index), carried))
        return type(self)(self.size + 1, (*done, carried)), tuple(fresh)

    def root(self) -> bytes:
        """The root hash of the whole tree (SHA-256 of nothing for the empty tree)."""
        return _fold(self.hashes) if self.hashes else EMPTY_ROOT

    def to_bytes(self) -> bytes:
        """Eight bytes of size, then the hashes; `from_bytes` reads it back."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The frontier that `to_bytes` wrote; ValueError when the bytes are no frontier."""
        if len(data) % HASH_BYTES != 8:
            raise ValueError("a stored frontier is eight bytes and whole hashes")
        starts = range(8, len(data), HASH_BYTES)
        hashes = tuple(data[start : start + HASH_BYTES] for start in starts)
        return cls(int.from_bytes(data[:8], "big"), hashes)

    @classmethod
    def at(cls, size: int, read: Read) -> Self:
        """The frontier a stored tree had when it was `size` leaves long."""
        return cls(size, tuple(read(place) for place in _full_subtrees(0, size)))


def inclusion_places(index: int, size: int) -> list[Place]:
    """Every stored node an inclusion proof reads, so that one query can fetch them all."""
    return [place for start, end in _path(index, size) for place in _full_subtrees(start, end)]


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves (RFC 6962, 2.1.1).

    It takes a number of reads that grows with the logarithm of the size.
    """
    return [_range_root(start, end, read) for start, end in _path(index, size)]


def consistency_places(first: int, second: int) -> list[Place]:
    """Every stored node a consistency proof reads, so that one query can fetch them all."""
    steps = _subproof(first, second)
    return [place for start, end in steps for place in _full_subtrees(start, end)]


def consistency_proof(first: int, second: int, read: Read) -> list[bytes]:
    """Proof that the tree of `second` leaves begins with that of `first` (RFC 6962, 2.1.2).

    Empty when the sizes are equal and when the first tree was empty: there is nothing to prove.
    """
    return [_range_root(start, end, read) for start, end in _subproof(first, second)]


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1


def _path(index: int, size: int) -> list[tuple[int, int]]:
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    start, end, siblings = 0, size, list[tuple[int, int]]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    return siblings[::-1]


def _subproof(first: int, second: int) -> list[tuple[int, int]]:
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {second} leaves does not grow from one of {first}")
    start, end, steps = 0, second, list[tuple[int, int]]()
    if first in (0, second):
        return steps
    while first < end:
        middle = start + _split(end - start)
        if first <= middle:
            steps.append((middle, end))
            end = middle
        else:
            steps.append((start, middle))
            start = middle
    if start > 0:
        steps.append((start, end))
    return steps[::-1]


def _full_subtrees(start: int, end: int) -> Iterable[Place]:
    while start < end:
        level = (end - start).bit_length() - 1
        yield Place(level, start >> level)
        start += 1 << level


def _range_root(start: int, end: int, read: Read) -> bytes:
    return _fold([read(place) for place in _full_subtrees(start, end)])


def _fold(hashes: Sequence[bytes]) -> bytes:
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root
