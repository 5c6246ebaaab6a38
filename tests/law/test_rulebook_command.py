"""`cornerpost rulebook` tells an author what is wrong and a reader what is new."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.rulebook import app
from tests.law.conftest import NAME, Change

RUN = CliRunner()


def test_a_sound_rulebook_is_said_to_be_sound() -> None:
    done = RUN.invoke(app, ["check"])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("example 2026-01-01 is sound: 4 licence types, ")


def test_faults_are_told_like_a_compiler_s_and_end_the_command(
    folder: Path, change: Change
) -> None:
    path = change("fees.yaml", 'amount: "24.00"', "amount: much")
    done = RUN.invoke(app, ["check", "example", "--folder", str(folder)])
    assert done.exit_code == 1
    line = 1 + path.read_text("utf-8").split("amount: much")[0].count("\n")
    assert f"{path}:{line}:17: a number is written like" in done.stderr
    assert "1 fault" in done.stderr


def test_a_training_file_that_does_not_fit_the_law_is_told(folder: Path) -> None:
    path = folder / "example" / "training.yaml"
    path.write_text(path.read_text("utf-8").replace("office: mines-east", "office: mines-west"))
    done = RUN.invoke(app, ["check", "example", "--folder", str(folder)])
    assert done.exit_code == 1
    assert "mines-west is not defined in offices" in done.stderr


def test_what_is_new_is_told_by_name(folder: Path, change: Change) -> None:
    new = folder / "drafts" / "example" / "2027-07-01"
    shutil.copytree(folder / "example" / NAME, new)
    kind = new / "licence-types" / "artisanal-permit.yaml"
    text = kind.read_text("utf-8").replace("allowed: 14 days", "allowed: 20 days")
    kind.write_text(text.replace("max_hectares: 10", "max_hectares: 8"), "utf-8")
    change("parties.yaml", "  - {id: minister, title: signatory.minister, agency: mines}\n", "")
    change("licence-types/small-scale-licence.yaml", ", minister]", "]")
    change("texts.yaml", "  signatory.minister:", "  signatory.regional-head:")
    change("parties.yaml", "title: signatory.regional-director", "title: signatory.regional-head")
    where = ["--folder", str(folder), "--draft", str(folder / "drafts")]
    done = RUN.invoke(app, ["diff", "example", NAME, "2027-07-01", *where])
    assert done.exit_code == 0, done.output
    said = done.stdout.splitlines()
    steps = "licence_types/artisanal-permit/procedures/new/steps"
    assert f"~ {steps}/environment-opinion/allowed: 14 calendar days -> 20 calendar days" in said
    assert "~ licence_types/artisanal-permit/ground/max_hectares: 10 -> 8" in said
    assert any(line.startswith("+ signatories/minister: id minister") for line in said)
    assert any(line.startswith("- texts/signatory.regional-head") for line in said)


def test_an_edition_compared_with_itself_has_nothing_new() -> None:
    done = RUN.invoke(app, ["diff", "example", NAME, NAME])
    assert (done.exit_code, done.stdout) == (0, "")


@pytest.mark.parametrize("arguments", [["diff", "example", NAME, "1999-01-01"], ["check", "mu"]])
def test_what_is_not_there_is_told(arguments: list[str]) -> None:
    done = RUN.invoke(app, arguments)
    assert done.exit_code == 1
    assert "there is no edition in this folder" in done.stderr or "There is no" in done.stderr


def test_a_layer_that_moved_between_editions_is_warned_of(folder: Path) -> None:
    new = "2027-07-01"
    shutil.copytree(folder / "example" / NAME, folder / "example" / new)
    ground = folder / "example" / new / "ground.yaml"
    ground.write_text(ground.read_text("utf-8").replace("layer: rock", "layer: hard-rock"), "utf-8")
    left = f"WARNING: from {NAME} to {new} layer rock is left by artisanal-permit"
    for arguments in (["check", "example"], ["diff", "example", NAME, new]):
        done = RUN.invoke(app, [*arguments, "--folder", str(folder)])
        assert done.exit_code == 0, done.output
        assert left in done.stderr
        assert "layer hard-rock is entered by artisanal-permit" in done.stderr
        assert "by the overlap matrix alone" in done.stderr


def test_an_edition_that_keeps_its_layers_is_warned_of_nothing(folder: Path) -> None:
    shutil.copytree(folder / "example" / NAME, folder / "example" / "2027-07-01")
    done = RUN.invoke(app, ["check", "example", "--folder", str(folder)])
    assert (done.exit_code, done.stderr) == (0, "")
