import json
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest

from cli.main import run
from deploy.backup import _export, _snapshots, backup
from deploy.restore import Unsound, restore
from deploy.stack import cluster
from deploy.stack.databases import owner_url
from deploy.stack.layout import ROOT, Refused, Stack
from deploy.stack.processes import needed_databases
from deploy.stack.supervision import Supervisor

BASE = 29600
ITS_OWN = {
    "CORNERPOST_COUNTRY": "example",
    "CORNERPOST_ORIGIN": "register.example",
    "CORNERPOST_PUBLIC_URL": "https://register.example",
    "CORNERPOST_KEYCLOAK_PUBLIC_URL": "https://id.register.example",
    "CORNERPOST_PHONE_PUBLIC_URL": "https://codes.register.example/phone",
}


@pytest.fixture(scope="module")
def archive(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backup") / "stack.tar"
    given = stack.secrets / "given.json"
    before = given.read_text()
    given.write_text(json.dumps(ITS_OWN | {"CORNERPOST_TEMPORAL": "elsewhere.example:7233"}))
    try:
        assert backup(stack, file).databases == needed_databases(stack)
    finally:
        given.write_text(before)
    return file


def test_a_backup_is_its_owners_only_and_never_overwritten(archive: Path, stack: Stack) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    with pytest.raises(Refused, match="there already"):
        backup(stack, archive)


def test_the_clockwork_is_never_newer_in_a_backup_than_the_register(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def noted(one: psycopg.Connection) -> str:
        order.append(one.info.dbname)
        return _export(one)

    monkeypatch.setattr("deploy.backup._export", noted)
    with _snapshots(stack) as snapshots:
        assert list(snapshots) == needed_databases(stack)
    assert order[:2] == ["temporal", "temporal_visibility"]
    assert set(order) == set(snapshots)


def test_a_restored_stack_has_rows_keys_and_the_guarantee(
    archive: Path, stack: Stack, folder: Path
) -> None:
    again = restore(archive, folder / "d", BASE)
    assert again.mode == stack.mode
    assert not Supervisor(again).alive()
    for key in stack.keys.glob("*.pem"):
        assert (again.keys / key.name).read_bytes() == key.read_bytes()


def test_a_restored_stack_is_whose_it_was_and_on_no_server_that_it_was_given(
    archive: Path, folder: Path
) -> None:
    restore(archive, folder / "d", BASE)
    assert Stack.recorded(folder / "d").given == ITS_OWN


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
    with pytest.raises(Refused, match="other things"):
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


KILLED = """
import os, signal, sys
from pathlib import Path
from deploy import archive, restore
whole, ran = archive.tool, []

def until_the_second(*words: str) -> None:
    ran.append(words)
    if len(ran) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    whole(*words)

archive.tool = until_the_second
restore.restore(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
"""


def test_a_restore_that_was_killed_half_way_never_starts_as_if_it_were_whole(
    archive: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = folder / "d"
    words = [sys.executable, "-c", KILLED, str(archive), str(data), str(BASE)]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    for mode in ([], ["--training"]):
        assert run(["up", *mode, "--data", str(data)]) == 1
    with pytest.raises(Refused, match="down --erase"):
        restore(archive, data, BASE)
    assert run(["down", "--erase", "--data", str(data)]) == 0
    assert not data.exists()
    assert capsys.readouterr().err.count("cut off") == 2


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


def test_a_copys_database_on_the_same_port_is_not_taken_for_ones_own(
    stack: Stack, folder: Path
) -> None:
    copy = Stack(folder / "copy", stack.mode, stack.base)
    shutil.copytree(stack.secrets, copy.secrets)
    assert cluster.accepts(stack)
    assert not cluster.accepts(copy)
