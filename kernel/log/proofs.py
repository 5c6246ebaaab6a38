"""Judging proofs of a log; shares nothing with the code that builds them but the two hash rules."""

from collections.abc import Sequence

from kernel.log.tree import EMPTY_ROOT, node_hash


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Is this leaf hash number `index` of the tree with this size and root? (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, running = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            running = node_hash(sibling, running)
            shift = 0 if node & 1 else _zeros(node)
            node, last = node >> shift, last >> shift
        else:
            running = node_hash(running, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and running == root


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Does the tree with the second size and root begin with the first one? (RFC 9162, 2.1.4.2).

    Every tree begins with the empty one, and with itself; for these the proof must be empty.
    """
    if not 0 <= first <= second:
        return False
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    if first == second:
        return not proof and first_root == second_root
    return _grows(first, second, first_root, second_root, proof)


def _grows(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    if not path:
        return False
    shift = _zeros(~(first - 1))
    node, last = (first - 1) >> shift, (second - 1) >> shift
    older = newer = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            shift = 0 if node & 1 else _zeros(node)
            node, last = node >> shift, last >> shift
        else:
            newer = node_hash(newer, step)
        node, last = node >> 1, last >> 1
    return last == 0 and older == first_root and newer == second_root


def _zeros(number: int) -> int:
    """How many binary zeros the number ends with (none for zero)."""
    return (number & -number).bit_length() - 1 if number else 0
