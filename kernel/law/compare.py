"""Comparing editions: what a new edition says otherwise, for those who vote on it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kernel.law.editions import Edition
from kernel.law.overlap import exclusion_layers

ABSENT = object()


class Difference(NamedTuple):
    """One member that differs; None: it is not there. `where` names things by their ids."""

    where: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.old is None:
            return f"+ {self.where}: {self.new}"
        if self.new is None:
            return f"- {self.where}: {self.old}"
        return f"~ {self.where}: {self.old} -> {self.new}"


def differences(old: Edition, new: Edition) -> list[Difference]:
    """Every difference in content, in the order of the schema; order of ids counts for nothing."""
    before, after = (edition.rules.model_dump(mode="json") for edition in (old, new))
    return list(_compare("", before, after))


class LayerMoved(NamedTuple):
    """A layer that rights of these licence types leave (`gone`) or enter with a new edition.

    The database keeps ground apart within a layer: between ground granted before and after the
    change it keeps nothing apart, and a grant is judged by the matrix alone.
    """

    layer: str
    types: tuple[str, ...]
    gone: bool

    def __str__(self) -> str:
        how = "is left by" if self.gone else "is entered by"
        return f"layer {self.layer} {how} {', '.join(self.types)}"


def layers_moved(old: Edition, new: Edition) -> list[LayerMoved]:
    """Renamed, removed and added layers, as far as rights of the old edition may lie in them."""
    was, now = exclusion_layers(old), exclusion_layers(new)
    gone = {(layer, pair[0]) for pair in was for layer in set(was[pair]) - set(now.get(pair, ()))}
    come = {(layer, pair[0]) for pair in was for layer in set(now.get(pair, ())) - set(was[pair])}
    return [
        LayerMoved(layer, tuple(sorted(kind for name, kind in found if name == layer)), is_gone)
        for found, is_gone in ((gone, True), (come, False))
        for layer in sorted({name for name, _ in found})
    ]


def _compare(where: str, old: object, new: object) -> Iterator[Difference]:
    was, now = _members(old), _members(new)
    if old == new:
        return
    if was is None or now is None:
        yield Difference(where, _shown(old), _shown(new))
        return
    for name in dict.fromkeys((*was, *now)):
        yield from _compare(
            f"{where}/{name}" if where else name, was.get(name, ABSENT), now.get(name, ABSENT)
        )


def _members(node: object) -> Mapping[str, object] | None:
    """What to compare one by one: a mapping, or a list of things with ids; else compare whole."""
    if isinstance(node, dict) and set(node) != {"n", "unit"}:
        return node
    if isinstance(node, list) and node and all(isinstance(x, dict) and "id" in x for x in node):
        return {thing["id"]: thing for thing in node}
    return None


def _shown(node: object) -> str | None:
    """A value in a few words."""
    if node is ABSENT:
        return None
    if isinstance(node, dict) and set(node) == {"n", "unit"}:
        return f"{node['n']} {str(node['unit']).replace('-', ' ')}"
    if isinstance(node, dict):
        return ", ".join(f"{key} {_shown(value)}" for key, value in node.items() if value)
    if isinstance(node, Sequence) and not isinstance(node, str):
        return f"[{', '.join(_shown(item) or '' for item in node)}]"
    return "nothing" if node is None else str(node)
