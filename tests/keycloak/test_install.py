import os
from pathlib import Path

import pytest

from deploy.keycloak.class_archive import archive_option
from deploy.keycloak.install import INSIDE, NotInstalled, install, keycloak_home
from deploy.keycloak.start import AdminAccount, Database, NotReady, launch, wait_until_ready
from tests.keycloak.server import free_port


def test_a_tampered_archive_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    archive = tmp_path / ".m2" / "repository" / INSIDE
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"something else")
    with pytest.raises(NotInstalled, match="SHA-256"):
        install(tmp_path / "cache")
    assert not keycloak_home(tmp_path / "cache").exists()


def test_what_is_missing_on_the_machine_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotInstalled, match="mvn is not installed"):
        install(tmp_path / "cache")


def test_an_installed_keycloak_is_found_without_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    keycloak_home(tmp_path).mkdir()
    assert install(tmp_path) == keycloak_home(tmp_path)


def test_no_secret_stands_on_the_command_line(tmp_path: Path) -> None:
    database = Database("127.0.0.1:5432/keycloak", "owner", "database-password")
    made = launch(tmp_path, 1, 2, database, AdminAccount("reconciler", "admin-secret"))
    assert "database-password" in made.environment.values()
    assert "admin-secret" in made.environment.values()
    said = " ".join(made.command) + repr(made) + repr(database)
    assert "database-password" not in said
    assert "admin-secret" not in said
    assert "--http-host=127.0.0.1" in made.command


def test_health_and_figures_are_answered_on_loopback_wherever_keycloak_listens(
    tmp_path: Path,
) -> None:
    database = Database("127.0.0.1:5432/keycloak", "owner", "database-password")
    account = AdminAccount("reconciler", "admin-secret")
    made = launch(tmp_path, 1, 2, database, account, host="0.0.0.0")
    assert {"--http-host=0.0.0.0", "--http-management-host=127.0.0.1"} <= {*made.command}


def test_half_a_class_archive_is_thrown_away(tmp_path: Path) -> None:
    archive, jar = tmp_path / "classes.jsa", tmp_path / "run.jar"
    half = tmp_path / "classes.jsa.new"
    half.write_bytes(os.urandom(5000))
    assert archive_option(archive, jar) == f"-XX:ArchiveClassesAtExit={half}"
    assert not half.exists()


def test_a_keycloak_that_ended_is_not_waited_for() -> None:
    with pytest.raises(NotReady, match="ended"):
        wait_until_ready(free_port(), seconds=60, alive=lambda: False)
