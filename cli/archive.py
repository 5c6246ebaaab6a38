"""Commands that keep a copy of the stack and bring it back."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Folder, folder, known_stack
from deploy import backup as saving
from deploy import ports
from deploy import restore as bringing_back
from deploy.stack.up import alone

File = Annotated[Path, typer.Argument(help="the archive: databases, files and keys in one")]


def backup(file: File, data: Folder = None) -> None:
    """Write everything the stack holds into one archive; the stack may go on working."""
    stack = known_stack(data)
    with alone(stack):
        manifest = saving.backup(stack, file)
    size = file.stat().st_size / 1_000_000
    typer.echo(f"{file}: {len(manifest.databases)} databases, {size:.1f} MB")
    typer.echo("It holds the signing keys: keep it as you keep those.")


def restore(
    file: File,
    data: Folder = None,
    port_base: Annotated[int, typer.Option(help="the first of its ports")] = ports.BASE,
) -> None:
    """Make a stack again from an archive, in an empty folder."""
    stack = bringing_back.restore(file, folder(data), port_base)
    how = " --training" if stack.training else ""
    typer.echo(f"Restored. Start it with: cornerpost up{how} --data {stack.data}")
