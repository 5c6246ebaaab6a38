"""What `docs/decisions` promises of itself, and the rules that decisions name this folder for."""

import re

from tests.architecture.source_tree import ROOT

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PARTS = ["Context", "Decision", "Consequences", "Alternatives", "Enforced by"]
COUNTRIES = re.compile(r"\b(tanzania|nigeria|ghana|kenya|guyana|zambia|uganda|congo)\w*", re.I)
PRODUCT = ("kernel", "contracts", "chassis", "services", "workflows", "portal")


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_decision_has_the_same_parts_and_names_what_enforces_it() -> None:
    for path in DECISIONS:
        text = path.read_text()
        assert re.findall(r"^\*\*([^*]+)\.\*\*", text, re.M) == PARTS, path.name
        assert re.match(rf"# {path.name[:4]} \S", text), path.name
        assert re.search(r"^Status: \w+ · Area: .+ · Date: \d{4}-\d\d-\d\d$", text, re.M), path.name


def test_every_folder_a_decision_relies_on_is_there() -> None:
    for path in DECISIONS:
        enforced = path.read_text().partition("**Enforced by.**")[2]
        named = re.findall(r"`((?:tests|kernel|pyproject)[\w/.]*)`", enforced)
        missing = [name for name in named if not (ROOT / name).exists()]
        assert not missing, (path.name, missing)


def test_no_country_is_known_to_the_code() -> None:
    sources = [path for folder in PRODUCT for path in (ROOT / folder).rglob("*.py")]
    named = {
        path.name: found.group()
        for path in sources
        if (found := COUNTRIES.search(path.read_text()))
    }
    assert sources
    assert not named


def test_refusals_below_the_routes_know_no_transport() -> None:
    folders = [
        ROOT / "kernel",
        *(ROOT / "services").glob("*/acts"),
        *(ROOT / "services").glob("*/domain"),
    ]
    sources = [path for folder in folders for path in folder.rglob("*.py")]
    assert sources
    assert not [path.name for path in sources if "HTTPException" in path.read_text()]
