"""Every mistake in a rulebook is told with its file, line and column."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from kernel.law.load import load_country
from kernel.law.source import RulebookFaulty
from tests.law.conftest import NAME, Change

ARTISANAL = "licence-types/artisanal-permit.yaml"
MISTAKES = Path(__file__).with_name("mistakes.yaml")


@dataclass(frozen=True)
class Mistake:
    """A change to one file; `at` is the text at which the fault must be told."""

    what: str
    file: str
    old: str
    new: str
    told: str
    at: str = ""


def mistakes() -> list[Mistake]:
    return [Mistake(**row) for row in YAML(typ="safe").load(MISTAKES)["mistakes"]]


@pytest.mark.parametrize("mistake", mistakes(), ids=lambda mistake: mistake.what)
def test_a_mistake_is_told_with_its_place(mistake: Mistake, folder: Path, change: Change) -> None:
    path = change(mistake.file, mistake.old, mistake.new)
    with pytest.raises(RulebookFaulty) as refusal:
        load_country(folder, "example")
    faults = [fault for fault in refusal.value.faults if mistake.told in fault.message]
    assert faults, str(refusal.value)
    if mistake.at:
        places = {(fault.file, fault.line, fault.column) for fault in faults}
        place = (f"example/{NAME}/{mistake.file}", *position(path.read_text("utf-8"), mistake.at))
        assert place in places, str(refusal.value)


def position(text: str, at: str) -> tuple[int, int]:
    """Line and column, from 1, of the first place where `at` stands."""
    assert at in text
    before = text[: text.index(at)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_a_beneficiary_named_like_an_office_is_that_offices_account(
    folder: Path, change: Change
) -> None:
    change("fees.yaml", "id: community-fund,", "id: council-hillside,")
    change("fees.yaml", "beneficiary: community-fund,", "beneficiary: council-hillside,")
    with pytest.raises(RulebookFaulty, match="council and council-hillside are one account"):
        load_country(folder, "example")


def test_all_mistakes_are_told_at_once(folder: Path, change: Change) -> None:
    change("fees.yaml", 'amount: "24.00"', "amount: much")
    change(ARTISANAL, "allowed: 14 days", "allowed: soon")
    with pytest.raises(RulebookFaulty) as refusal:
        load_country(folder, "example")
    assert [fault.file.rsplit("/", 1)[-1] for fault in refusal.value.faults] == [
        "fees.yaml",
        "artisanal-permit.yaml",
    ]


def test_a_fault_reads_like_a_compiler_s(folder: Path, change: Change) -> None:
    change(ARTISANAL, "article: act.19\n", "article: act.91\n")
    with pytest.raises(RulebookFaulty) as refusal:
        load_country(folder, "example")
    assert str(refusal.value) == (
        "example/2026-01-01/licence-types/artisanal-permit.yaml:71:18: act.91 is not defined in "
        "articles (procedures.new.steps[2].article)"
    )


def test_a_country_without_editions_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty" / "notes").mkdir(parents=True)
    with pytest.raises(RulebookFaulty, match="there is no edition"):
        load_country(tmp_path, "empty")


def test_a_file_that_is_not_utf_8_is_told(folder: Path) -> None:
    (folder / "example" / NAME / "texts.yaml").write_bytes(b"texts: {a: {en: \xff}}")
    with pytest.raises(RulebookFaulty, match="the file is not UTF-8"):
        load_country(folder, "example")
