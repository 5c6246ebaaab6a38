"""Commands that start, show and stop the stack."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.options import Folder, folder, known_stack
from deploy import ports
from deploy.stack import down as stopping
from deploy.stack.layout import Mode, Refused, Stack, planned
from deploy.stack.migrations import migrate_all
from deploy.stack.status import Standing, standings
from deploy.stack.staying import ending, stay
from deploy.stack.supervision import Supervisor
from deploy.stack.up import Start, alone

Name = Annotated[str, typer.Argument(help="A process, as `cornerpost status` lists it")]


def up(
    training: Annotated[
        bool, typer.Option("--training", help="with a clock that can be moved; nothing is real")
    ] = False,
    port_base: Annotated[int | None, typer.Option(help="the first of its ports")] = None,
    data: Folder = None,
    fakes: Annotated[
        bool | None,
        typer.Option(
            "--with-fakes/--without-fakes",
            help="stand-ins for phones, mailboxes and mobile money; training always has them",
        ),
    ] = None,
    staying: Annotated[
        bool, typer.Option("--stay", help="until told to end, and then stop it: for containers")
    ] = False,
) -> None:
    """Start the whole stack on loopback and exit when it is ready."""
    told = ending() if staying else None
    mode = Mode.TRAINING if training else Mode.PRODUCTION
    stack = start_stack(folder(data), mode, port_base, fakes)
    _show(standings(stack))
    if stack.training:
        typer.echo("TRAINING: nothing here has legal effect.")
    elif stack.fakes:
        typer.echo("FAKES: texts, mails and payments reach stand-ins and nobody else.")
    if told is not None:
        stay(stack, told)


def start_stack(
    where: Path, mode: Mode, port_base: int | None, fakes: bool | None = None
) -> Stack:
    """Bring a stack up in a folder, telling what becomes ready. Raises Refused, PartFailed.

    What it is given is remembered once nothing of it was refused.
    """
    stack = planned(where, mode, _base(where, port_base), fakes)
    typer.echo(f"Starting a {stack.mode} stack in {stack.data}, ports from {stack.base}")
    Start(stack, Supervisor(stack), typer.echo).run()
    return stack


def status(
    data: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Show each process: pid, state, address, readiness. Exit code 1 unless all are ready."""
    found = standings(known_stack(data))
    if as_json:
        typer.echo(json.dumps([one.plain() for one in found], indent=1))
    else:
        _show(found)
    if not all(one.ready for one in found):
        raise typer.Exit(1)


def start(name: Name, data: Folder = None) -> None:
    """Start one process and wait until it is ready."""
    stack = known_stack(data)
    supervisor = _running(stack)
    with alone(stack):
        Start(stack, supervisor, typer.echo).one(name)


def stop(name: Name, data: Folder = None) -> None:
    """Stop one process; it stays stopped until it is started."""
    stack = known_stack(data)
    supervisor = _running(stack)
    with alone(stack):
        supervisor.stop(name)
    typer.echo(f"{name} is stopped")


def down(
    data: Folder = None,
    erase: Annotated[bool, typer.Option("--erase", help="and remove all its records")] = False,
) -> None:
    """Stop every process; the stack's folder stays unless it is to be erased."""
    stack = known_stack(data, to_erase=erase)
    with alone(stack):
        stopping.stop_all(stack)
        typer.echo("Stopped")
        if erase:
            left = stopping.erase(stack)
            typer.echo(f"Erased the stack in {stack.data}")
            if left:
                typer.echo(f"Left where it is, since no stack made it: {', '.join(left)}")


def migrate(
    names: Annotated[list[str] | None, typer.Argument(help="databases; default all")] = None,
    data: Folder = None,
) -> None:
    """Bring the databases to the state that this version of the programs needs."""
    stack = known_stack(data)
    with alone(stack):
        typer.echo(migrate_all(stack, names or ()), nl=False)


def _base(where: Path, chosen: int | None) -> int:
    """The ports asked for; those of a stack that was here before; or the usual ones."""
    if not (where / "stack.json").is_file():
        return chosen or ports.BASE
    before = Stack.recorded(where)
    if chosen in (None, before.base):
        return before.base
    if Supervisor(before).alive():
        raise Refused(f"The stack in {where} runs on ports from {before.base}: stop it first")
    return chosen


def _running(stack: Stack) -> Supervisor:
    supervisor = Supervisor(stack)
    if not supervisor.alive():
        raise Refused("The stack does not run: start it with `cornerpost up`")
    return supervisor


def _show(found: list[Standing]) -> None:
    table = Table("process", "pid", "state", "address", "ready", box=None)
    for one in found:
        table.add_row(
            one.name, str(one.pid or ""), one.state, one.address, "yes" if one.ready else "no"
        )
    Console(width=100).print(table)
    for one in found:
        for words in one.lacking:
            typer.echo(f"{one.name}: {words}")
