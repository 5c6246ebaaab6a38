"""What a backup takes of the files while people upload, and how it says that it cannot."""

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.backup import backup, copy_files
from deploy.stack.layout import Mode, Refused, Stack, establish

BASE = 29600
PAPERS = [b"paper %d" % n for n in range(300)]


def keep(files: Path, content: bytes) -> Path:
    sha256 = hashlib.sha256(content).hexdigest()
    place = files / sha256[:2] / sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return place


@contextmanager
def people_uploading(files: Path) -> Iterator[None]:
    """Uploads come and go as long as this lasts."""
    over = threading.Event()

    def upload() -> None:
        while not over.is_set():
            person = files / "parts" / secrets.token_hex(4)
            person.mkdir(parents=True)
            going = [person / "photo", files / "spool" / secrets.token_hex(16)]
            for one in going:
                one.write_bytes(b"half a photo")
            for one in going:
                one.unlink()
            person.rmdir()

    (files / "spool").mkdir(parents=True, exist_ok=True)
    writers = [threading.Thread(target=upload) for _ in range(2)]
    for one in writers:
        one.start()
    try:
        yield
    finally:
        over.set()
        for one in writers:
            one.join()


def test_kept_files_are_copied_while_people_upload(tmp_path: Path) -> None:
    files, target = tmp_path / "files", tmp_path / "copy"
    kept = [keep(files / "licensing", paper) for paper in PAPERS]
    (files / "licensing" / "parts" / "somebody").mkdir(parents=True)
    (files / "licensing" / "parts" / "somebody" / "photo").write_bytes(b"half")
    (kept[0].parent / f"{kept[0].name}.0a1b").write_bytes(b"left over")
    with people_uploading(files / "licensing"):
        copy_files(files, target)
    copied = sorted(one.relative_to(target) for one in target.rglob("*") if one.is_file())
    assert copied == sorted(one.relative_to(files) for one in kept)
    assert all((target / one).read_bytes() == (files / one).read_bytes() for one in copied)


def test_a_file_that_cannot_be_copied_ends_a_backup_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    keep(tmp_path / "files" / "licensing", b"paper")
    monkeypatch.setattr("shutil.copy2", full)
    with pytest.raises(Refused, match="No space left"):
        copy_files(tmp_path / "files", tmp_path / "copy")


@pytest.fixture
def stopped(folder: Path) -> Stack:
    return establish(folder / "stack", Mode.TRAINING, BASE)


def test_a_backup_into_no_folder_is_refused(stopped: Stack, folder: Path) -> None:
    with pytest.raises(Refused, match="no folder"):
        backup(stopped, folder / "nowhere" / "deep" / "stack.tar")
    (folder / "file").touch()
    with pytest.raises(Refused, match="no folder"):
        backup(stopped, folder / "file" / "stack.tar")
