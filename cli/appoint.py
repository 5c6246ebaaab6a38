"""Command with which the operator of a stack appoints its first officers."""

from typing import Annotated

import typer

from cli.options import Folder, known_stack
from deploy.stack.training_people import appoint as write_down
from kernel.authority import Power

Person = Annotated[str, typer.Argument(help="`staff:` and the account's id in the realm staff")]
Office = Annotated[str, typer.Argument(help="the office's id in the rulebook")]
Powers = Annotated[list[Power], typer.Argument(help="what the officer may do there")]


def appoint(person: Person, office: Office, powers: Powers, data: Folder = None) -> None:
    """Appoint an officer whom nobody could propose and approve yet; the log names the operator."""
    seed = {"person": person, "office": office, "powers": [power.value for power in powers]}
    typer.echo(write_down(known_stack(data), [seed]).strip())
