"""Whose cadastre a stack is: told once, signed with for ever, and found where people look."""

from pathlib import Path

import pytest

from cli.main import run
from deploy.stack.environment import shared
from deploy.stack.keys import create_keys
from deploy.stack.layout import ROOT, Mode, Refused, Stack, establish
from kernel.log.checkpoint import origin_of

TOLD = {
    "CORNERPOST_COUNTRY": "elsewhere",
    "CORNERPOST_ORIGIN": "cadastre.elsewhere.example",
    "CORNERPOST_PUBLIC_URL": "https://cadastre.elsewhere.example/",
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """A country whose rulebook lies in a folder of its own."""
    (tmp_path / "elsewhere").symlink_to(ROOT / "rulebooks" / "example")
    words = TOLD | {"CORNERPOST_RULEBOOKS": str(tmp_path)}
    for name, value in words.items():
        monkeypatch.setenv(name, value)
    return words


def test_what_a_stack_was_told_reaches_its_processes_and_its_keys(
    folder: Path, told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = establish(folder / "d", Mode.PRODUCTION, 29000)
    names = shared(stack)
    assert (names["CORNERPOST_COUNTRY"], names["CORNERPOST_RULEBOOKS"]) == (
        "elsewhere", told["CORNERPOST_RULEBOOKS"],
    )
    assert names["CORNERPOST_PUBLIC_URL"] == "https://cadastre.elsewhere.example"
    create_keys(stack)
    origin = origin_of("cadastre.elsewhere.example", "licensing", training=False)
    public = "".join(path.read_text() for path in (stack.keys / "public").iterdir())
    assert origin in public
    assert "cadastre.example" not in public
    for name in told:
        monkeypatch.delenv(name)
    assert establish(folder / "d", Mode.PRODUCTION, 29000).country == "elsewhere"


def test_rulebooks_are_found_again_from_another_folder(
    folder: Path, told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rulebooks = Path(told["CORNERPOST_RULEBOOKS"])
    monkeypatch.chdir(rulebooks.parent)
    monkeypatch.setenv("CORNERPOST_RULEBOOKS", rulebooks.name)
    establish(folder / "d", Mode.PRODUCTION, 29000)
    monkeypatch.delenv("CORNERPOST_RULEBOOKS")
    monkeypatch.chdir("/")
    assert establish(folder / "d", Mode.PRODUCTION, 29000).rulebooks == rulebooks
    assert Stack.recorded(folder / "d").rulebooks == rulebooks


@pytest.mark.parametrize("name", ["CORNERPOST_COUNTRY", "CORNERPOST_ORIGIN"])
def test_what_was_signed_with_does_not_change(
    folder: Path, told: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    establish(folder / "d", Mode.TRAINING, 29000)
    monkeypatch.setenv(name, "other.example")
    with pytest.raises(Refused, match=f"{name} cannot change"):
        establish(folder / "d", Mode.TRAINING, 29000)
    monkeypatch.setenv(name, told[name])
    monkeypatch.setenv("CORNERPOST_PUBLIC_URL", "https://new.example")
    moved = establish(folder / "d", Mode.TRAINING, 29000)
    assert moved.public_url == "https://new.example"


def test_a_real_register_that_nobody_told_whose_it_is_does_not_start(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["up", "--data", str(folder / "d"), "--port-base", "29000"]) == 1
    said = capsys.readouterr().err
    assert all(name in said for name in TOLD)
    assert not (folder / "d" / "keys" / "public").exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CORNERPOST_COUNTRY", "nowhere", "no rulebook of 'nowhere'"),
        ("CORNERPOST_PUBLIC_URL", "cadastre.example", "begins with https://"),
        ("CORNERPOST_ORIGIN", "not a host", "is a host name"),
    ],
)
def test_a_mistake_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Refused, match=words):
        establish(folder / "d", Mode.TRAINING, 29000)
