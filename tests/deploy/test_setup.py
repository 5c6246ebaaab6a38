from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.setup import debian, python
from deploy.setup.debian import RUNNING, TESTING, install_packages


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(debian, "_apt", lambda prefix, *words: said.append(" ".join(words)))
    return said


def missing(*names: str) -> Callable[[str], bool]:
    return lambda name: name not in names


def test_without_root_the_missing_packages_are_named(
    monkeypatch: pytest.MonkeyPatch, commands: list[str]
) -> None:
    monkeypatch.setattr(debian, "_installed", missing("maven", "unzip"))
    monkeypatch.setattr(debian, "_as_root", lambda: None)
    with pytest.raises(SystemExit, match=r"--no-install-recommends maven unzip"):
        install_packages(testing=False)
    assert commands == []


def test_only_what_is_missing_is_installed(
    monkeypatch: pytest.MonkeyPatch, commands: list[str]
) -> None:
    monkeypatch.setattr(debian, "_installed", missing("unzip"))
    monkeypatch.setattr(debian, "_as_root", list)
    install_packages(testing=False)
    assert commands == ["update", "install --no-install-recommends -y unzip"]


def test_a_machine_that_has_everything_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, commands: list[str]
) -> None:
    monkeypatch.setattr(debian, "_installed", missing())
    install_packages(testing=True)
    assert commands == []


def test_a_browser_is_needed_for_tests_only() -> None:
    assert not set(TESTING) & set(RUNNING)


def test_an_existing_postgresql_keeps_its_ways_of_making_clusters(
    monkeypatch: pytest.MonkeyPatch, commands: list[str]
) -> None:
    if not Path("/usr/lib/postgresql").exists():
        pytest.skip("no PostgreSQL is installed here")
    debian._without_a_cluster([])
    assert commands == []


def test_a_changed_lock_is_installed_again_and_an_unchanged_one_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[list[str]] = []
    site = tmp_path / ".venv/lib/python3.11/site-packages"
    site.mkdir(parents=True)
    (tmp_path / ".venv/bin").mkdir()
    lock = tmp_path / "requirements-dev.lock"
    lock.write_text("one")
    monkeypatch.setattr(python, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(python, "LOCK", lock)
    monkeypatch.setattr(python, "_uv", lambda: tmp_path / "uv")
    monkeypatch.setattr(python, "run", lambda command, *_: ran.append(command))
    for content in ("one", "one", "two"):
        lock.write_text(content)
        python.prepare_python()
    installs = [command for command in ran if "--require-hashes" in command]
    assert len(installs) == 2
    assert (tmp_path / ".venv/bin/cornerpost").stat().st_mode & 0o111
