import tarfile
from pathlib import Path

import psycopg
import pytest

from deploy.backup import backup
from deploy.restore import Unsound, restore
from deploy.stack import cluster
from deploy.stack.databases import owner_url
from deploy.stack.layout import Refused, Stack
from deploy.stack.processes import needed_databases
from deploy.stack.supervision import Supervisor

BASE = 29600


@pytest.fixture(scope="module")
def archive(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backup") / "stack.tar"
    assert backup(stack, file).databases == needed_databases(stack)
    return file


def test_a_backup_is_its_owners_only_and_never_overwritten(archive: Path, stack: Stack) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    with pytest.raises(Refused, match="there already"):
        backup(stack, archive)


def test_a_restored_stack_has_rows_keys_and_the_guarantee(
    archive: Path, stack: Stack, folder: Path
) -> None:
    again = restore(archive, folder / "d", BASE)
    assert again.mode == stack.mode
    assert not Supervisor(again).alive()
    for key in stack.keys.glob("*.pem"):
        assert (again.keys / key.name).read_bytes() == key.read_bytes()


def test_an_archive_that_was_touched_is_refused_and_nothing_is_left(
    archive: Path, folder: Path
) -> None:
    touched = folder / "touched.tar"
    with tarfile.open(archive) as good, tarfile.open(touched, "w") as bad:
        for member in good:
            content = good.extractfile(member)
            if member.name.endswith("licensing.dump") and content is not None:
                (folder / "other").write_bytes(content.read()[:-1] + b"x")
                bad.add(folder / "other", arcname=member.name)
            else:
                bad.addfile(member, content)
    with pytest.raises(Unsound, match=r"licensing\.dump"):
        restore(touched, folder / "d", BASE)
    assert not (folder / "d").exists()


def test_nothing_is_restored_over_something(archive: Path, folder: Path) -> None:
    (folder / "d").mkdir()
    (folder / "d" / "file").touch()
    with pytest.raises(Refused, match="not empty"):
        restore(archive, folder / "d", BASE)


def test_a_restore_that_fails_half_way_leaves_nothing(
    archive: Path, stack: Stack, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unguarded(url: str) -> None:
        raise Unsound("The constraint no_shared_ground is not there")

    monkeypatch.setattr("deploy.restore.assert_guarantee", unguarded)
    with pytest.raises(Unsound):
        restore(archive, folder / "d", BASE)
    assert not (folder / "d").exists()


def test_what_is_not_a_backup_is_refused(folder: Path) -> None:
    (folder / "text").write_text("hello")
    with pytest.raises(Unsound, match="no backup"):
        restore(folder / "text", folder / "d", BASE)


def test_the_private_cluster_lets_nobody_in_without_a_password(stack: Stack) -> None:
    with_it = cluster.superuser_url(stack)
    without = with_it.replace(with_it.split("@")[0], "postgresql://cornerpost")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(without, connect_timeout=3)


def test_the_app_role_cannot_reach_another_services_database(stack: Stack) -> None:
    theirs = owner_url(stack, "licensing").rpartition("/")[0]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(f"{theirs}/payments", connect_timeout=3)
