"""Command that gives open cases their workflows back."""

from typing import Annotated

import typer

from cli.options import Folder, known_stack
from deploy.stack.resurrection import Resurrection

Codes = Annotated[list[str] | None, typer.Argument(help="public codes; default every open case")]


def resurrect(codes: Codes = None, data: Folder = None) -> None:
    """Rebuild the workflows of open cases from the register's journal."""
    resurrection = Resurrection(known_stack(data))
    if codes:
        resurrection.named(codes)
        typer.echo(f"{len(codes)} cases have their workflow")
        return
    resurrection.everything()
    typer.echo("Every open case has its workflow")
