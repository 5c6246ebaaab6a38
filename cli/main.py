"""The `cornerpost` command: every word an operator can say to a stack."""

import os
import sys
from importlib import import_module
from importlib.util import find_spec

import click
import typer

from cli import stack
from deploy.stack.layout import Refused
from deploy.stack.up import PartFailed
from kernel.problems import Problem

FAILED = 1

app = typer.Typer(
    name="cornerpost",
    help="An open mining cadastre and licensing service, as a stack on this machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (stack.up, stack.status, stack.start, stack.stop, stack.down, stack.migrate):
    app.command()(command)
if find_spec("cli.demo"):
    app.command()(import_module("cli.demo").demo)


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
        answer = app(arguments, standalone_mode=False)
    except (Refused, PartFailed, Problem) as refusal:
        typer.echo(str(refusal), err=True)
        return FAILED
    except click.ClickException as misuse:
        misuse.show()
        return misuse.exit_code
    except click.Abort:
        return FAILED
    return answer if isinstance(answer, int) else 0


if __name__ == "__main__":
    main()
