"""The options that several commands share, and the stack they name."""

import os
from pathlib import Path
from typing import Annotated

import typer

from deploy.stack.layout import ROOT, Stack, closed_folder

Folder = Annotated[
    Path | None,
    typer.Option("--data", help="The stack's folder; default CORNERPOST_DATA or ./data"),
]


def folder(chosen: Path | None) -> Path:
    """The folder that an option, the environment or the clone names."""
    named = chosen or (Path(found) if (found := os.environ.get("CORNERPOST_DATA")) else None)
    return (named or _usual()).resolve()


def _usual() -> Path:
    """`data` in the clone; a public place when the clone lies where no database may enter."""
    here = ROOT / "data"
    return here if closed_folder(here) is None else Path("/var/lib/cornerpost")


def known_stack(chosen: Path | None, to_erase: bool = False) -> Stack:
    """The stack that was started in that folder before. Raises Refused."""
    return Stack.recorded(folder(chosen), to_erase)
