"""A container's process: it stays with the stack, and takes it along when it is told to end."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import run
from deploy.stack.down import stop_all
from deploy.stack.layout import ROOT, Mode, Refused, Stack, establish
from deploy.stack.processes import FAKES
from deploy.stack.staying import stay
from deploy.stack.supervision import Supervisor, _lives
from tests.served import eventually

STAY = """
import sys
from pathlib import Path
from deploy.stack.layout import Stack
from deploy.stack.staying import ending, stay

told = ending()
print("here", flush=True)
stay(Stack.recorded(Path(sys.argv[1])), told)
"""


@pytest.fixture
def small(folder: Path) -> Iterator[Stack]:
    """A supervisor with one process that needs nothing else."""
    stack = establish(folder / "d", Mode.TRAINING, 29700)
    supervisor = Supervisor(stack)
    supervisor.keep([one for one in FAKES if one.name == "telecom"])
    supervisor.start("telecom")
    yield stack
    stop_all(stack)


@pytest.fixture
def staying(small: Stack) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", STAY, str(small.data)],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        yield process
        process.kill()


def test_what_it_stays_with_is_stopped_when_it_is_told_to_end(
    small: Stack, staying: subprocess.Popen[str]
) -> None:
    eventually(lambda: Supervisor(small).states()[0].running, "telecom does not run")
    staying.send_signal(signal.SIGTERM)
    assert staying.wait(timeout=100) == 0
    assert not Supervisor(small).alive()


@pytest.mark.parametrize("words", [["down"], ["down", "--erase"]])
def test_it_ends_well_when_the_stack_is_stopped_by_another_command(
    small: Stack, staying: subprocess.Popen[str], words: list[str]
) -> None:
    eventually(lambda: Supervisor(small).states()[0].running, "telecom does not run")
    assert run([*words, "--data", str(small.data)]) == 0
    said = staying.communicate(timeout=100)[1]
    assert (staying.returncode, said) == (0, "")


def test_what_was_stopped_once_is_missed_when_it_runs_again_and_ends_by_itself(
    small: Stack, staying: subprocess.Popen[str]
) -> None:
    staying.kill()
    assert run(["down", "--data", str(small.data)]) == 0
    Supervisor(small).keep([one for one in FAKES if one.name == "telecom"])
    Supervisor(small).shut_down()
    with pytest.raises(Refused, match="The supervisor ended"):
        stay(small, threading.Event())


def test_a_supervisor_whom_no_parent_buries_has_ended_all_the_same() -> None:
    with subprocess.Popen(["true"]) as ended:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        assert not _lives(ended.pid)
    assert _lives(os.getpid())


def test_it_fails_when_the_supervisor_ends_by_itself(
    small: Stack, staying: subprocess.Popen[str]
) -> None:
    Supervisor(small).shut_down()
    said = staying.communicate(timeout=100)[1]
    assert staying.returncode == 1
    assert "The supervisor ended" in said
