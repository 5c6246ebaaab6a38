"""What an operator names reaches the processes to the letter, and stands in no configuration."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.stack.down import stop_all
from deploy.stack.environment import environment
from deploy.stack.layout import Mode, Stack, establish
from deploy.stack.orphans import MARK
from deploy.stack.processes import Process, Ready, Tier
from deploy.stack.supervision import State, Supervisor

BASE = 29700
PROCESS = Process("messages-worker", Tier.OURS, Ready.METRICS, "services.messages.worker")
AWKWARD = {
    "CORNERPOST_MESSAGES_SMTP_PASSWORD": "a\"b'c\\d %(ENV_HOME)s %% $HOME `id` ;e,f=\"g\"\n{é}",
    "CORNERPOST_MESSAGES_SMTP_USER": "'x'",
    "CORNERPOST_MESSAGES_MAIL_FROM": "Cadastre #1 <cadastre@mines.example>",
    "CORNERPOST_MESSAGES_SMS_SENDER": " #; ",
}


@pytest.fixture
def told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    for name, value in AWKWARD.items():
        monkeypatch.setenv(name, value)
    stack = establish(folder / "it's C#; a test", Mode.PRODUCTION, BASE)
    yield stack
    stop_all(stack)


def runs(supervisor: Supervisor, module: bytes) -> State:
    """The process, once it has become what it is to run."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = next(one for one in supervisor.states() if one.name == PROCESS.name)
        command = Path(f"/proc/{found.pid}/cmdline")
        if found.pid and command.exists() and command.read_bytes().split(b"\0")[2:3] == [module]:
            return found
        time.sleep(0.05)
    pytest.fail(supervisor.stack.log(PROCESS.name).read_text())


def seen(supervisor: Supervisor) -> dict[str, str]:
    """The environment of the running process, as the kernel knows it."""
    supervisor.start(PROCESS.name)
    pid = runs(supervisor, b"services.messages.worker").pid
    pairs = Path(f"/proc/{pid}/environ").read_bytes().rstrip(b"\0").split(b"\0")
    return dict(one.decode().split("=", 1) for one in pairs)


def test_a_process_is_told_every_value_to_the_letter(told: Stack) -> None:
    supervisor = Supervisor(told)
    supervisor.keep([PROCESS])
    found = seen(supervisor)
    expected = environment(PROCESS, told)
    assert AWKWARD.items() <= expected.items()
    assert {name: found.get(name) for name in expected} == expected
    assert found[MARK] == str(told.data)


def test_a_value_that_changed_reaches_a_process_that_runs(
    told: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor = Supervisor(told)
    supervisor.keep([PROCESS])
    seen(supervisor)
    monkeypatch.setenv("CORNERPOST_MESSAGES_SMTP_PASSWORD", 'another "word"')
    again = Supervisor(establish(told.data, Mode.PRODUCTION, BASE))
    again.keep([PROCESS])
    assert seen(again)["CORNERPOST_MESSAGES_SMTP_PASSWORD"] == 'another "word"'


def test_secrets_stand_in_files_of_their_owner_only(told: Stack) -> None:
    supervisor = Supervisor(told)
    supervisor.keep([PROCESS])
    assert "cadastre@mines.example" not in supervisor.config.read_text()
    holding = [
        one for one in told.run.rglob("*") if one.is_file() and b"mines.example" in one.read_bytes()
    ]
    assert [json.loads(one.read_text()) for one in holding] == [environment(PROCESS, told)]
    assert all(one.stat().st_mode & 0o077 == 0 for one in holding)
