"""What is given is judged first: an `up` that is refused leaves the stack as it was."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from cli.main import run
from deploy.stack.layout import Mode, Stack, establish
from deploy.stack.processes import needed_databases
from tests.served import free_port, served_on

AWAY = "127.0.0.1:9"  # discard: nobody serves it
WRONG = [
    ("CORNERPOST_TEMPORAL", AWAY, "No Temporal answers"),
    ("CORNERPOST_KEYCLOAK", f"http://{AWAY}", "No Keycloak answers"),
    ("CORNERPOST_LISTEN", "10.0.0.5", "CORNERPOST_LISTEN is"),
    ("CORNERPOST_KEYCLOAK_ADOPT", "perhaps", "CORNERPOST_KEYCLOAK_ADOPT is"),
    (
        "CORNERPOST_DATABASE_URL_LICENSING",
        f"postgresql://app:word@{AWAY}/licensing",
        "The database licensing does not answer",
    ),
]


@pytest.fixture(autouse=True)
def unstarted(monkeypatch: pytest.MonkeyPatch) -> None:
    """No `up` of these tests is to come so far that it starts anything."""

    def started(*_: object) -> None:
        raise AssertionError("it was not refused")

    monkeypatch.setattr("deploy.stack.up.create_keys", started)


def files_of(data: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in data.rglob("*") if one.is_file()}


@pytest.mark.parametrize(("name", "value", "words"), WRONG)
def test_a_stack_stays_what_it_was(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    words: str,
) -> None:
    before = establish(folder / "d", Mode.TRAINING, 29000)
    held = files_of(before.data)
    monkeypatch.setenv(name, value)
    assert run(["up", "--training", "--port-base", "29100", "--data", str(before.data)]) == 1
    said = capsys.readouterr().err
    assert words in said
    assert "word" not in said.replace("words", "")
    assert files_of(before.data) == held
    assert needed_databases(Stack.recorded(before.data)) == needed_databases(before)


@pytest.mark.parametrize(("name", "value", "words"), WRONG)
def test_a_first_one_leaves_nothing_that_the_next_would_stumble_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    assert run(["up", "--training", "--data", str(folder / "d")]) == 1
    monkeypatch.delenv(name)
    assert not (folder / "d").exists()
    assert not establish(folder / "d", Mode.PRODUCTION, 29000).given


def a_keycloak(signs_in: bool) -> FastAPI:
    """It holds realms of somebody else; whether it knows the reconciler's account is told."""
    app = FastAPI()
    if signs_in:
        where = "/realms/master/protocol/openid-connect/token"
        app.add_api_route(where, lambda: {"access_token": "word"}, methods=["POST"])
        app.add_api_route("/admin/realms/{name}", lambda: {"attributes": {}})
    return app


@pytest.mark.parametrize(
    ("signs_in", "adopt", "words"),
    [
        (True, "no", "has realms that Cornerpost did not make"),
        (False, "no", "signing in as the reconciler"),
        (False, "yes", "signing in as the reconciler"),
    ],
)
def test_a_keycloak_that_is_not_ours_to_change_is_not_remembered(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    signs_in: bool,
    adopt: str,
    words: str,
) -> None:
    with served_on(free_port(), a_keycloak(signs_in)) as address:
        monkeypatch.setenv("CORNERPOST_KEYCLOAK", address)
        monkeypatch.setenv("CORNERPOST_KEYCLOAK_ADMIN_CLIENT", "reconciler")
        monkeypatch.setenv("CORNERPOST_KEYCLOAK_ADMIN_SECRET", "word")
        monkeypatch.setenv("CORNERPOST_KEYCLOAK_ADOPT", adopt)
        assert run(["up", "--training", "--data", str(folder / "d")]) == 1
    assert words in capsys.readouterr().err
    assert not (folder / "d").exists()


def test_a_register_that_was_not_told_whose_it_is_leaves_nothing(folder: Path) -> None:
    assert run(["up", "--data", str(folder / "d")]) == 1
    assert not (folder / "d").exists()


def test_ports_that_are_too_high_are_not_remembered(folder: Path) -> None:
    assert run(["up", "--training", "--port-base", "40000", "--data", str(folder / "d")]) == 1
    assert not (folder / "d").exists()
