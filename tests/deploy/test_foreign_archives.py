"""Archives that are none of ours, or of another version: refused in words, and nothing is made."""

import json
import tarfile
from pathlib import Path

import pytest

from cli.main import run
from deploy.archive import MANIFEST
from deploy.restore import Unsound, restore
from deploy.stack.layout import Mode, Refused, establish

BASE = 29600


def packed(folder: Path, contents: dict[str, object]) -> Path:
    file = folder / "some.tar"
    with tarfile.open(file, "w") as archive:
        for name, content in contents.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (folder / "text").write_text(text)
            archive.add(folder / "text", arcname=name)
    return file


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        ({"letter": "Dear madam"}, "no backup"),
        ({MANIFEST: "no JSON"}, "no backup"),
        ({MANIFEST: [1]}, "no backup"),
        ({MANIFEST: {"format": 1, "mode": "training"}}, "no backup"),
        ({MANIFEST: {"format": "x"}}, "no backup"),
        ({MANIFEST: {"format": 7, "mode": "cloud", "further": True}}, "format 7, not 1"),
    ],
)
def test_an_archive_that_is_none_of_ours_is_refused_in_words(
    folder: Path, contents: dict[str, object], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = packed(folder, contents)
    with pytest.raises(Unsound, match=words):
        restore(file, folder / "d", BASE)
    assert run(["restore", str(file), "--data", str(folder / "d")]) == 1
    assert words in capsys.readouterr().err
    assert not (folder / "d").exists()


def test_an_archive_that_is_not_there_or_is_a_folder_is_refused(folder: Path) -> None:
    for file in (folder / "nothing.tar", folder):
        with pytest.raises(Unsound, match="no backup"):
            restore(file, folder / "d", BASE)


def test_members_that_want_to_be_folder_and_file_at_once_are_refused(folder: Path) -> None:
    file = folder / "some.tar"
    (folder / "text").write_text("x")
    with tarfile.open(file, "w") as archive:
        for name in ("a", "a/b"):
            archive.add(folder / "text", arcname=name)
    with pytest.raises(Unsound, match="no backup"):
        restore(file, folder / "d", BASE)


def test_a_place_that_cannot_hold_a_stack_is_refused_before_the_archive_is_read(
    folder: Path,
) -> None:
    (folder / "file").touch()
    with pytest.raises(Refused, match="is no folder"):
        restore(folder / "nothing.tar", folder / "file", BASE)
    with pytest.raises(Refused, match="holds no stack but other things"):
        restore(folder / "nothing.tar", folder, BASE)
    establish(folder / "d", Mode.TRAINING, BASE)
    with pytest.raises(Refused, match="holds a stack"):
        restore(folder / "nothing.tar", folder / "d", BASE)
    (folder / "disk" / "lost+found").mkdir(parents=True)
    with pytest.raises(Unsound, match="no backup"):
        restore(folder / "nothing.tar", folder / "disk", BASE)
