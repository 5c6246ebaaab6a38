"""Command with which the operator of a stack appoints its first officers and opens accounts."""

from typing import Annotated

import typer

from cli.options import Folder, known_stack
from deploy.stack.training_people import appoint as write_down
from kernel.authority import Power

Person = Annotated[str, typer.Argument(help="a username, or `staff:` and an account's id")]
Office = Annotated[str, typer.Argument(help="the office's id in the rulebook")]
Powers = Annotated[
    list[Power] | None, typer.Argument(help="what the officer may do there; none: the account only")
]
FirstName = Annotated[str | None, typer.Option(help="with --last-name: opens an account")]
LastName = Annotated[str | None, typer.Option(help="with --first-name: opens an account")]
Email = Annotated[str | None, typer.Option(help="of the new account")]
NewPassword = Annotated[
    bool, typer.Option("--new-password", help="when the first one was lost before its use")
]


def appoint(
    person: Person,
    office: Office,
    powers: Powers = None,
    first_name: FirstName = None,
    last_name: LastName = None,
    email: Email = None,
    new_password: NewPassword = False,
    data: Folder = None,
) -> None:
    """Appoint an officer whom nobody could propose and approve yet; the log names the operator.

    With names, the officer's account is opened too, and its first password shown once. Without a
    power nobody is appointed: that is for later officers, whom two others propose and approve.
    """
    seed = {
        "person": person,
        "office": office,
        "powers": [power.value for power in powers or ()],
        "first_name": first_name,
        "last_name": last_name,
        "email": email,
        "new_password": new_password,
    }
    typer.echo(write_down(known_stack(data), [seed]).strip())
