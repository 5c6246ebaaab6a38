"""What the house rules look at: our own source files and their syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (
    "kernel", "contracts", "chassis", "services", "workflows", "portal", "cli", "deploy",
)


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file of ours."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        kinds = ast.FunctionDef | ast.AsyncFunctionDef
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def strings(self) -> Iterator[tuple[int, str]]:
        """Every piece of text in the file, docstrings excepted, with its line."""
        documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        spoken = {
            id(node.body[0].value)
            for node in ast.walk(self.tree)
            if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(self.tree):
            text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if text and id(node) not in spoken:
                yield node.lineno, node.value


def program(*folders: str) -> list[Module]:
    """The modules of these packages, by default of the whole program (no tests)."""
    chosen = [one for folder in folders or PROGRAM for one in _under(folder)]
    return chosen if folders else [*chosen, *_at_the_root()]


def everything() -> list[Module]:
    return [*program(), *_under("tests")]


@cache
def _under(folder: str) -> tuple[Module, ...]:
    return tuple(_read(path) for path in sorted((ROOT / folder).rglob("*.py")) if _ours(path))


@cache
def _at_the_root() -> tuple[Module, ...]:
    return tuple(_read(path) for path in sorted(ROOT.glob("*.py")))


def _ours(path: Path) -> bool:
    return not {"node_modules", "__pycache__"} & set(path.parts)


def _read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path, text, ast.parse(text))


def dotted(node: ast.expr) -> str:
    """`a.b.c` as it is written, or an empty text for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""
