"""The `cornerpost` command: every word an operator can say to a stack."""

import os
import sys

import psycopg
import typer

from cli import appoint, archive, clock, demo, resurrect, rulebook, stack
from deploy.keycloak.admin import AdminRefused
from deploy.keycloak.reconcile import RealmsNotOurs
from deploy.stack.layout import Refused
from deploy.stack.skipping import CaseDidNotArrive
from deploy.stack.up import PartFailed
from deploy.temporal.config import PortTooHigh
from deploy.temporal.schema import SchemaFailed
from kernel.problems import Problem

FAILED = 1
REFUSALS = (
    Refused, PartFailed, Problem, CaseDidNotArrive, AdminRefused, RealmsNotOurs, SchemaFailed,
    PortTooHigh,
)

app = typer.Typer(
    name="cornerpost",
    help="An open mining cadastre and licensing service, as a stack on this machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (
    stack.up, stack.status, stack.start, stack.stop, stack.down, stack.migrate,
    archive.backup, archive.restore, resurrect.resurrect, appoint.appoint,
    demo.demo,
):
    app.command()(command)
app.add_typer(clock.app, name="clock")
app.add_typer(rulebook.app, name="rulebook")


def main() -> None:
    """Run one command and end at once.

    A process that used Temporal's client may die in the interpreter's shutdown after all its work
    is done; ending without that shutdown keeps the exit code true.
    """
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and answer its exit code."""
    try:
        app(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else FAILED
    except REFUSALS as refusal:
        typer.echo(str(refusal), err=True)
    except psycopg.OperationalError as away:
        typer.echo(f"A database does not answer: is the stack up? {away}", err=True)
    return FAILED


if __name__ == "__main__":
    main()
