"""The log's Merkle tree, against the published vectors and against its own definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.log.proofs import verify_consistency, verify_inclusion
from kernel.log.tree import (
    EMPTY_ROOT,
    Frontier,
    Place,
    consistency_places,
    consistency_proof,
    inclusion_places,
    inclusion_proof,
    leaf_hash,
    merkle_root,
)

# The reference tree of the certificate-transparency project (merkle_tree_test.cc).
INPUTS = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
N96 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
N5F = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
N6B = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
NBC = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
NCA = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
N0E = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSION = [
    (0, 1, []),
    (0, 8, [N96, N5F, N6B]),
    (5, 8, [NBC, NCA, ROOTS[3]]),
    (2, 3, [ROOTS[1]]),
    (1, 5, [ROOTS[0], N5F, NBC]),
]
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [N96, N5F, N6B]),
    (6, 8, [N0E, NCA, ROOTS[3]]),
    (2, 5, [N5F, NBC]),
]


class Stored:
    """A tree grown leaf by leaf whose full subtrees are kept as the database keeps them."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.nodes: dict[Place, bytes] = {}
        self.frontiers = [Frontier()]
        for leaf in leaves:
            frontier, fresh = self.frontiers[-1].grow(leaf)
            self.frontiers.append(frontier)
            self.nodes.update((node.place, node.hash) for node in fresh)

    def read(self, place: Place) -> bytes:
        return self.nodes[place]


REFERENCE = Stored([leaf_hash(one) for one in INPUTS])
BIG = Stored([leaf_hash(b"%d" % n) for n in range(300)])


def test_the_empty_tree_has_the_published_root() -> None:
    assert Frontier().root() == merkle_root([]) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_the_reference_tree_has_the_published_roots(size: int) -> None:
    leaves = [leaf_hash(one) for one in INPUTS[:size]]
    assert merkle_root(leaves).hex() == ROOTS[size - 1]
    assert REFERENCE.frontiers[size].root().hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones(index: int, size: int, path: list[str]) -> None:
    proof = inclusion_proof(index, size, REFERENCE.read)
    assert [one.hex() for one in proof] == path
    root = bytes.fromhex(ROOTS[size - 1])
    assert verify_inclusion(index, size, leaf_hash(INPUTS[index]), proof, root)


@pytest.mark.parametrize(("first", "second", "path"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(
    first: int, second: int, path: list[str]
) -> None:
    proof = consistency_proof(first, second, REFERENCE.read)
    assert [one.hex() for one in proof] == path
    roots = bytes.fromhex(ROOTS[first - 1]), bytes.fromhex(ROOTS[second - 1])
    assert verify_consistency(first, second, *roots, proof)


@given(st.integers(0, 300))
def test_a_grown_tree_has_the_root_of_the_definition(size: int) -> None:
    frontier = BIG.frontiers[size]
    assert frontier.root() == merkle_root([leaf_hash(b"%d" % n) for n in range(size)])
    assert Frontier.from_bytes(frontier.to_bytes()) == frontier == Frontier.at(size, BIG.read)


def test_bytes_that_are_no_frontier_are_refused() -> None:
    stored = BIG.frontiers[5].to_bytes()
    for broken in (b"", stored[:-1], stored[:-32], bytes(8) + stored[8:]):
        with pytest.raises(ValueError, match=r"frontier|subtrees"):
            Frontier.from_bytes(broken)


@given(st.data(), st.integers(1, 300))
def test_every_leaf_is_proven_in_every_tree_with_few_reads(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, BIG.read)
    root = BIG.frontiers[size].root()
    assert verify_inclusion(index, size, leaf_hash(b"%d" % index), proof, root)
    assert len(inclusion_places(index, size)) <= 2 * size.bit_length()


@given(st.data(), st.integers(0, 300))
def test_every_tree_is_proven_to_grow_from_every_earlier_one(
    data: st.DataObject, second: int
) -> None:
    first = data.draw(st.integers(0, second))
    proof = consistency_proof(first, second, BIG.read)
    roots = BIG.frontiers[first].root(), BIG.frontiers[second].root()
    assert verify_consistency(first, second, *roots, proof)
    assert len(consistency_places(first, second)) <= 2 * second.bit_length() + 1


@given(st.data(), st.integers(2, 300))
def test_a_changed_inclusion_proof_fails(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(index, size, BIG.read), BIG.frontiers[size].root()
    leaf = leaf_hash(b"%d" % index)
    at = data.draw(st.integers(0, len(proof) - 1))
    flipped = bytes([proof[at][0] ^ 1]) + proof[at][1:]
    assert not verify_inclusion(index, size, leaf, [*proof[:at], flipped, *proof[at + 1 :]], root)
    assert not verify_inclusion(index, size, leaf, proof[:at] + proof[at + 1 :], root)
    assert not verify_inclusion(index, size, leaf, [*proof, leaf], root)
    assert not verify_inclusion(index, size, leaf_hash(b"another"), proof, root)
    assert not verify_inclusion(index, size, leaf, proof, leaf_hash(b"another"))
    other = data.draw(st.integers(-1, size).filter(lambda n: n != index))
    assert not verify_inclusion(other, size, leaf, proof, root)


@given(st.data(), st.integers(2, 300))
def test_a_changed_consistency_proof_fails(data: st.DataObject, second: int) -> None:
    first = data.draw(st.integers(1, second - 1))
    proof = consistency_proof(first, second, BIG.read)
    older, newer = BIG.frontiers[first].root(), BIG.frontiers[second].root()
    at = data.draw(st.integers(0, len(proof) - 1))
    flipped = [*proof[:at], bytes([proof[at][0] ^ 1]) + proof[at][1:], *proof[at + 1 :]]
    assert not verify_consistency(first, second, older, newer, flipped)
    assert not verify_consistency(first, second, older, newer, proof[:at] + proof[at + 1 :])
    assert not verify_consistency(first, second, older, newer, [*proof, older])
    assert not verify_consistency(first, second, leaf_hash(b"x"), newer, proof)
    assert not verify_consistency(first, second, older, leaf_hash(b"x"), proof)
    assert not verify_consistency(second, first, newer, older, proof)


def test_two_trees_that_differ_in_an_early_leaf_have_no_consistency_proof() -> None:
    rewritten = Stored([leaf_hash(b"%d" % (n or 99)) for n in range(20)])
    proof = consistency_proof(7, 20, rewritten.read)
    older, newer = BIG.frontiers[7].root(), rewritten.frontiers[20].root()
    assert not verify_consistency(7, 20, older, newer, proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(index, size, BIG.read)


def test_a_tree_does_not_grow_from_a_larger_one() -> None:
    with pytest.raises(ValueError, match="grow"):
        consistency_proof(4, 3, BIG.read)
