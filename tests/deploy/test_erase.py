"""Only what a stack made is removed with it, and a stack is made only where nothing else lies."""

import errno
from pathlib import Path

import pytest

from cli.main import run
from deploy.stack.down import erase
from deploy.stack.layout import Mode, Refused, establish


def test_a_folder_that_holds_other_things_becomes_no_stack(folder: Path) -> None:
    home = folder / "home"
    (home / "run").mkdir(parents=True)
    (home / "thesis.odt").write_text("years of work")
    with pytest.raises(Refused, match=r"thesis\.odt.*--data"):
        establish(home, Mode.TRAINING, 29000)
    assert sorted(one.name for one in home.iterdir()) == ["run", "thesis.odt"]


def test_a_disk_of_its_own_becomes_a_stack_and_is_left_as_it_was(folder: Path) -> None:
    (folder / "disk" / "lost+found").mkdir(parents=True)
    stack = establish(folder / "disk", Mode.TRAINING, 29000)
    assert erase(stack) == ["lost+found"]
    assert [one.name for one in (folder / "disk").iterdir()] == ["lost+found"]


def test_erasing_removes_what_a_stack_made_and_nothing_else(folder: Path) -> None:
    stack = establish(folder / "d", Mode.TRAINING, 29000)
    (stack.data / "thesis.odt").write_text("years of work")
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "paper").touch()
    stack.logs.rmdir()
    stack.logs.symlink_to(folder / "elsewhere")
    assert erase(stack) == ["thesis.odt"]
    assert [one.name for one in stack.data.iterdir()] == ["thesis.odt"]
    assert (folder / "elsewhere" / "paper").exists()


def test_the_operator_is_told_what_was_left(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = establish(folder / "d", Mode.TRAINING, 29000)
    (stack.data / "thesis.odt").write_text("years of work")
    assert run(["down", "--erase", "--data", str(stack.data)]) == 0
    assert "thesis.odt" in capsys.readouterr().out


def test_a_folder_that_cannot_be_removed_is_left_empty(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mounted(path: Path) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy", str(path))

    stack = establish(folder / "d", Mode.TRAINING, 29000)
    monkeypatch.setattr(Path, "rmdir", mounted)
    assert run(["down", "--erase", "--data", str(stack.data)]) == 0
    assert list(stack.data.iterdir()) == []


def test_a_stack_that_made_nothing_else_leaves_no_folder(folder: Path) -> None:
    stack = establish(folder / "d", Mode.TRAINING, 29000)
    assert erase(stack) == []
    assert not stack.data.exists()
