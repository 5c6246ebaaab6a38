"""Reading rulebook files so that every fault can be told with file, line and column."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | float | bool | None"
Where: TypeAlias = tuple[str | int, ...]

Inside: TypeAlias = tuple[int, int]  # a line and a column within a text, counted from 1

LICENCE_TYPES = "licence_types"
NAME: Inside = (0, 0)  # the fault is a member's name, not its value


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One mistake in a rulebook. `line` and `column` count from 1; `where` is a path of members."""

    file: str
    line: int
    column: int
    where: str
    message: str

    def __str__(self) -> str:
        member = f" ({self.where})" if self.where else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{member}"


class RulebookFaulty(Exception):
    """The rulebook cannot be used; `faults` says why, all of them, in the order of the files."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Source:
    """One file as it was written, with the places of everything in it."""

    file: str
    root: CommentedMap
    lines: tuple[str, ...]

    def fault(self, path: Where, message: str, inside: Inside | None = None) -> Fault:
        """A fault at the value that `path` leads to, or at the nearest member above it.

        `inside` is a line and column within that value's own text; a `NAME` is the member's name.
        """
        line, column = self._place(path, key=inside is NAME)
        if inside is not None and inside is not NAME:
            line, column = self._within(line, column, inside)
        return Fault(self.file, line + 1, column + 1, spelled(path), message)

    def _within(self, line: int, column: int, inside: Inside) -> tuple[int, int]:
        """The place inside a text: in a block it begins on the next line, in quotes one later."""
        written = self.lines[line][column]
        if written in "|>":
            below = self.lines[line + inside[0]]
            return line + inside[0], len(below) - len(below.lstrip()) + inside[1] - 1
        return line, column + inside[1] - 1 + (written in "'\"")

    def _place(self, path: Where, key: bool) -> tuple[int, int]:
        node: object = self.root
        place = (0, 0)
        for step in path:
            if isinstance(node, CommentedMap) and step in node:
                inner = isinstance(node[step], CommentedMap | CommentedSeq)
                place = node.lc.key(step) if inner or key else node.lc.value(step)
            elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
                place = node.lc.item(step)
            else:
                return place
            node = node[step]
        return place


def spelled(path: Where) -> str:
    """`steps[2].after[0]`"""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def read(path: Path, name: str) -> Source:
    """Parse one file. RulebookFaulty for what is no YAML, for a key given twice, for no mapping."""
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    try:
        text = path.read_text("utf-8")
        root = yaml.load(text)
    except MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = (broken.problem or "this is not YAML").split("\n")[0].split(" with value")[0]
        raise RulebookFaulty([Fault(name, line, column, "", problem)]) from broken
    except UnicodeDecodeError as broken:
        raise RulebookFaulty([Fault(name, 1, 1, "", "the file is not UTF-8")]) from broken
    if not isinstance(root, CommentedMap):
        raise RulebookFaulty([Fault(name, 1, 1, "", "a rulebook file is a mapping of members")])
    return Source(name, root, tuple(text.splitlines()))


def plain(node: object) -> Plain:
    """The same values without their places; dates as text."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(item) for item in node]
    if isinstance(node, date):
        return node.isoformat()
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, int):
        return int(node)
    if isinstance(node, float):
        return float(node)
    return str(node)
