"""Comparing editions: what a new edition says otherwise, for those who vote on it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kernel.law.editions import Edition

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
