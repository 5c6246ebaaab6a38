"""Commands for those who write law: check a rulebook, and compare two of its editions."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

from deploy.stack.layout import ROOT
from kernel.law.compare import differences, layers_moved
from kernel.law.editions import Country, Edition
from kernel.law.json_schema import schemas
from kernel.law.load import load_country
from kernel.law.source import RulebookFaulty
from kernel.law.training import FILE, load_training

app = typer.Typer(help="Rulebooks: law as data.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--folder", help="The folder in which countries lie")]
RULEBOOKS = ROOT / "rulebooks"


@app.command()
def check(
    country: Annotated[str, typer.Argument(help="a country; left out: every one")] = "",
    folder: Folder = RULEBOOKS,
) -> None:
    """Read all editions of a country and tell every fault with its file, line and column.

    A layer that moved between two editions is told as a warning.
    """
    named = [country] if country else sorted(found.parent.name for found in folder.glob("*/*-*-*/"))
    if not named:
        typer.echo(f"There is no rulebook in {folder}", err=True)
        raise typer.Exit(1)
    for name in dict.fromkeys(named):
        editions = _loaded(folder, name).editions
        for edition in editions:
            typer.echo(_sound(edition))
        for before, after in pairwise(editions):
            _warn_of_layers(before, after)


@app.command()
def diff(
    country: Annotated[str, typer.Argument(help="the country")],
    old: Annotated[str, typer.Argument(help="the edition to compare with: its date")],
    new: Annotated[str, typer.Argument(help="the edition to look at: its date")],
    folder: Folder = RULEBOOKS,
    draft: Annotated[
        Path | None, typer.Option("--draft", help="The folder in which the new edition lies")
    ] = None,
) -> None:
    """Say what one edition says otherwise than another: + added, - gone, ~ changed."""
    before = _edition(_loaded(folder, country), old)
    after = _edition(_loaded(draft or folder, country), new)
    found = differences(before, after)
    for difference in found:
        typer.echo(str(difference))
    _warn_of_layers(before, after)
    typer.echo(f"{len(found)} differences between {old} and {new}", err=True)


@app.command()
def schema(folder: Folder = RULEBOOKS) -> None:
    """Write the JSON Schema of rulebook files beside the countries, for editors."""
    home = folder / "schema"
    home.mkdir(exist_ok=True)
    for name, document in schemas().items():
        (home / name).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
        typer.echo(home / name)


def _loaded(folder: Path, country: str) -> Country:
    """The country's law, its training file looked at too; faults end the command."""
    try:
        found = load_country(folder, country)
        if (folder / country / FILE).exists():
            load_training(folder, found.newest)
    except RulebookFaulty as faulty:
        for fault in faulty.faults:
            typer.echo(f"{folder}/{fault}", err=True)
        count = len(faulty.faults)
        typer.echo(f"{count} fault{'s' * (count != 1)}", err=True)
        raise typer.Exit(1) from faulty
    return found


def _warn_of_layers(before: Edition, after: Edition) -> None:
    moved = layers_moved(before, after)
    old, new = before.ref.edition, after.ref.edition
    for one in moved:
        typer.echo(f"WARNING: from {old} to {new} {one}", err=True)
    if moved:
        typer.echo(
            "WARNING: the database keeps ground apart within a layer only. Ground granted before "
            f"{new} is kept from ground granted later by the overlap matrix alone; keep the "
            "names of layers unless the law itself has changed.",
            err=True,
        )


def _edition(country: Country, name: str) -> Edition:
    for edition in country.editions:
        if edition.ref.edition == name:
            return edition
    known = ", ".join(edition.ref.edition for edition in country.editions)
    typer.echo(f"There is no edition {name}; there are {known}", err=True)
    raise typer.Exit(1)


def _sound(edition: Edition) -> str:
    rules, ref = edition.rules, edition.ref
    steps = sum(len(way.steps) for kind in rules.licence_types for way in kind.procedures.values())
    return (
        f"{ref.country} {ref.edition} is sound: {len(rules.licence_types)} licence types, "
        f"{steps} steps, {len(rules.offices)} offices, {len(rules.fees)} fees, "
        f"{len(rules.country.languages)} languages; hash {ref.hash}"
    )
