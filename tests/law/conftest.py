"""The example country, as it is and as copies that a test may spoil."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.law.editions import Country, Edition
from kernel.law.load import load_country

ROOT = Path(__file__).parents[2]
RULEBOOKS = ROOT / "rulebooks"
NAME = "2026-01-01"

Change = Callable[[str, str, str], Path]


@pytest.fixture(scope="session")
def country() -> Country:
    return load_country(RULEBOOKS, "example")


@pytest.fixture(scope="session")
def law(country: Country) -> Edition:
    return country.newest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a copy of the example country, to be changed."""
    shutil.copytree(RULEBOOKS / "example", tmp_path / "example")
    return tmp_path


@pytest.fixture
def change(folder: Path) -> Change:
    """Replace one text of one file of the copied edition, the only place or the first."""

    def changed(file: str, old: str, new: str) -> Path:
        path = folder / "example" / NAME / file
        text = path.read_text("utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path

    return changed
