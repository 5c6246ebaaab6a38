import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli.main import run
from deploy.stack.down import erase
from deploy.stack.keys import KEYS, create_keys
from deploy.stack.layout import Mode, Refused, Stack, Unfinished, establish, mark
from deploy.stack.vault import secret


def training(folder: Path) -> Stack:
    return establish(folder, Mode.TRAINING, 29000)


def test_a_training_stack_never_becomes_a_production_stack(folder: Path) -> None:
    training(folder / "d")
    with pytest.raises(Refused, match="holds a training stack"):
        establish(folder / "d", Mode.PRODUCTION, 29000)


def test_a_stack_is_found_again_as_it_was_recorded(folder: Path) -> None:
    made = training(folder / "d")
    found = Stack.recorded(folder / "d")
    assert (found.mode, found.base, found.namespace) == (made.mode, 29000, "training")


@pytest.mark.parametrize("what", list(Unfinished))
def test_a_stack_that_is_half_made_or_half_erased_is_only_erased(
    folder: Path, what: Unfinished, capsys: pytest.CaptureFixture[str]
) -> None:
    half = training(folder / "d")
    mark(half, what)
    with pytest.raises(Refused, match=r"down --erase"):
        training(half.data)
    with pytest.raises(Refused, match=r"down --erase"):
        Stack.recorded(half.data)
    assert run(["down", "--data", str(half.data)]) == 1
    assert half.data.exists()
    half.logs.rmdir()
    half.run.rmdir()  # it was killed before it made them, or after it had removed them
    assert run(["down", "--erase", "--data", str(half.data)]) == 0
    assert not half.data.exists()
    assert "Traceback" not in capsys.readouterr().err


def test_a_stack_is_marked_as_half_erased_before_anything_of_it_goes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(Exception):
        """As if the process ended here."""

    def killed(path: Path) -> None:
        raise Killed

    stack = training(folder / "d")
    monkeypatch.setattr("deploy.stack.down._remove", killed)
    with pytest.raises(Killed):
        erase(stack)
    with pytest.raises(Refused, match="erased"):
        Stack.recorded(stack.data)


def test_there_is_no_stack_in_an_empty_folder(folder: Path) -> None:
    with pytest.raises(Refused, match="There is no stack"):
        Stack.recorded(folder)


def test_a_path_too_long_for_a_socket_is_refused_in_words(folder: Path) -> None:
    with pytest.raises(Refused, match="shorter folder"):
        training(folder / ("long" * 40))


@pytest.mark.parametrize("name", ['a"b', "100%", "a #b", "a ;b", "a\nb", "a\\b"])
def test_a_path_that_no_configuration_can_hold_is_refused_in_words(folder: Path, name: str) -> None:
    with pytest.raises(Refused, match="another folder"):
        training(folder / name / "d")
    assert list(folder.iterdir()) == []


def test_other_unusual_paths_are_taken(folder: Path) -> None:
    assert training(folder / "it's C#; a test" / "d").data.is_dir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as somebody else")
def test_a_folder_the_database_cannot_enter_is_refused_in_words(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Refused, match="cannot be entered"):
        training(closed / "d")


def test_given_servers_are_remembered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORNERPOST_TEMPORAL", "temporal.example:7233")
    training(folder / "d")
    monkeypatch.delenv("CORNERPOST_TEMPORAL")
    assert Stack.recorded(folder / "d").given == {"CORNERPOST_TEMPORAL": "temporal.example:7233"}


def test_a_secret_is_made_once_and_read_by_its_owner_only(folder: Path) -> None:
    stack = training(folder / "d")
    with ThreadPoolExecutor(8) as pool:
        seen = set(pool.map(lambda _: secret(stack, "one"), range(64)))
    assert len(seen) == 1
    assert (stack.secrets / "one").stat().st_mode & 0o077 == 0
    assert secret(stack, "two") not in seen


def test_a_stacks_keys_are_its_own_and_say_training(folder: Path) -> None:
    one, other = training(folder / "a"), establish(folder / "b", Mode.PRODUCTION, 29100)
    for stack in (one, other):
        create_keys(stack)
    told = {
        (stack.mode, key.name): json.loads((stack.keys / f"public/{key.name}.json").read_text())
        for stack in (one, other)
        for key in KEYS
    }
    assert len({public["public"] for public in told.values()}) == 2 * len(KEYS)
    for (mode, _), public in told.items():
        assert ("TRAINING" in public["origin"]) == (mode is Mode.TRAINING)
    assert all(path.stat().st_mode & 0o077 == 0 for path in one.keys.glob("*.pem"))
    assert len(list(one.keys.glob("*.pem"))) == len(KEYS)
