"""Commands that show and move the clock of a training stack."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated

import typer

from cli.options import Folder, known_stack
from contracts.instants import LAST
from deploy.stack.layout import Refused, Stack
from deploy.stack.training_clock import TrainingClock
from deploy.stack.up import alone, is_changing
from kernel.law.load import load_country

app = typer.Typer(help="The clock of a training stack.", no_args_is_help=True)
PIECE = re.compile(r"(\d+)([wdhms])")
UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


@app.command()
def show(data: Folder = None) -> None:
    """Say what the time is in law, and how far it runs ahead of the machine's."""
    clock = TrainingClock(known_stack(data))
    ahead = timedelta(seconds=clock.offset())
    typer.echo(f"{clock.now():%Y-%m-%dT%H:%M:%SZ} (training; {ahead} ahead)")
    jump = clock.unfinished()
    if jump is None:
        return
    by = timedelta(seconds=jump.seconds)
    if is_changing(clock.stack):
        typer.echo(f"A jump of {by} is under way.")
    else:
        typer.echo(
            f"A jump of {by} was cut off: services and cases may be on both sides of it. The next "
            "`cornerpost clock forward`, `clock to` or `up` finishes it first."
        )


@app.command()
def forward(
    by: Annotated[str, typer.Argument(help="such as 5d, 2w, 36h or 1d12h")], data: Folder = None
) -> None:
    """Move time on by so much."""
    _move(data, lambda now, _: now + span(by))


@app.command()
def to(
    date: Annotated[str, typer.Argument(help="a day (its first instant), or an instant")],
    data: Folder = None,
) -> None:
    """Move time on to a day or an instant."""
    _move(data, lambda _, stack: instant(date, utc_offset_minutes(stack)))


def _move(data: Folder, target: Callable[[datetime, Stack], datetime]) -> None:
    stack = known_stack(data)
    clock = TrainingClock(stack, typer.echo)
    with alone(stack):
        finished = clock.finish()
        try:
            to = target(clock.now(), stack)
        except OverflowError as far:
            raise Refused("No calendar reaches so far") from far
        if to.year >= LAST.year:
            raise Refused(f"No calendar here reaches beyond {LAST.year - 1}")
        if finished and to <= clock.now():  # the same command again: this was its last jump
            return
        clock.forward(to)


def utc_offset_minutes(stack: Stack) -> int:
    """Of the country whose stack it is."""
    law = load_country(stack.rulebooks, stack.country).newest
    return law.rules.country.utc_offset_minutes


def span(text: str) -> timedelta:
    """`1d12h` as a length of time. Raises Refused for anything else."""
    pieces = PIECE.findall(text)
    if not pieces or "".join(number + unit for number, unit in pieces) != text:
        raise Refused(f"{text!r} is no length of time: write 5d, 2w, 36h or 1d12h")
    return sum(
        (timedelta(**{UNITS[unit]: int(number)}) for number, unit in pieces), timedelta()
    )


def instant(text: str, utc_offset_minutes: int) -> datetime:
    """A day begins at midnight of the country; an instant without a zone is the country's too."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError as unreadable:
        raise Refused(f"{text!r} is no day or instant: write 2027-03-01") from unreadable
    if given.tzinfo is None:
        given = given.replace(tzinfo=timezone(timedelta(minutes=utc_offset_minutes)))
    return given.astimezone(UTC)
