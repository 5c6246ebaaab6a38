import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.stack import orphans
from deploy.stack.layout import Mode, Stack, establish
from deploy.stack.processes import Ready, processes
from tests.served import eventually

ROOT = Path(__file__).resolve().parents[2]


def cornerpost(*words: str, seconds: float = 100) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=seconds,
    )


def test_status_names_every_process_with_pid_address_and_readiness(stack: Stack) -> None:
    done = cornerpost("status", "--json", "--data", str(stack.data))
    told = {one["name"]: one for one in json.loads(done.stdout)}
    assert list(told) == [process.name for process in processes(stack)]
    assert told["licensing"]["address"] == stack.address("licensing")
    assert all(one["pid"] > 0 for one in told.values())


def test_status_shows_who_has_no_temporal(stack: Stack) -> None:
    needs = [one.name for one in processes(stack) if one.ready is Ready.METRICS]

    def ready(names: list[str]) -> set[bool]:
        done = cornerpost("status", "--json", "--data", str(stack.data))
        return {one["ready"] for one in json.loads(done.stdout) if one["name"] in names}

    where = ["--data", str(stack.data)]
    assert cornerpost("stop", "temporal", *where).returncode == 0
    try:
        eventually(lambda: ready(needs) == {False}, "some say they have one", 60)
        assert ready(["licensing", "cadastre", "keycloak"]) == {True}
    finally:
        assert cornerpost("start", "temporal", *where).returncode == 0
    done = cornerpost("up", "--training", *where)
    assert done.returncode == 0, done.stderr
    assert ready(needs) == {True}


def test_up_on_a_running_stack_starts_nothing_twice(stack: Stack) -> None:
    def pids() -> dict[str, int]:
        done = cornerpost("status", "--json", "--data", str(stack.data))
        return {one["name"]: one["pid"] for one in json.loads(done.stdout)}

    before = pids()
    done = cornerpost("up", "--training", "--data", str(stack.data))
    assert done.returncode == 0, done.stderr
    assert pids() == before


def test_a_command_that_speaks_with_temporal_ends_cleanly_every_time(stack: Stack) -> None:
    ends = {
        cornerpost("resurrect", "NO-SUCH-CODE", "--data", str(stack.data)).returncode
        for _ in range(3)
    }
    ends |= {cornerpost("clock", "show", "--data", str(stack.data)).returncode for _ in range(3)}
    assert ends == {0, 1}


def test_a_folder_without_a_stack_is_told_in_words(tmp_path: Path) -> None:
    done = cornerpost("status", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "There is no stack" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_command_is_misuse() -> None:
    assert cornerpost("upp").returncode == 2


def test_ports_of_a_running_stack_cannot_be_changed(stack: Stack) -> None:
    done = cornerpost("up", "--training", "--data", str(stack.data), "--port-base", "29000")
    assert done.returncode == 1
    assert "stop it first" in done.stderr


def test_a_part_that_does_not_come_up_is_named_with_the_end_of_its_log(folder: Path) -> None:
    where = ["--data", str(folder / "d")]
    with taken_port() as port:
        done = cornerpost("up", "--training", "--port-base", str(port), *where)
        cornerpost("down", "--erase", *where)
    assert done.returncode == 1
    assert done.stderr.startswith("postgres ends again and again")
    assert "Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


@contextmanager
def taken_port() -> Iterator[int]:
    """Somebody else listens where our first process would; low enough to be a stack's base."""
    for port in range(28000, 29000, 100):
        with socket.socket() as stranger:
            if stranger.connect_ex(("127.0.0.1", port)) == 0:
                continue
        with socket.create_server(("127.0.0.1", port)):
            yield port
        return


def test_what_a_killed_supervisor_left_behind_is_ended(folder: Path) -> None:
    stack = establish(folder / "d", Mode.TRAINING, 29700)
    waiting = [sys.executable, "-c", "import time; time.sleep(300)"]
    marked = os.environ | {orphans.MARK: str(stack.data)}
    with subprocess.Popen(waiting, env=marked) as ours, subprocess.Popen(waiting) as other:
        assert orphans.left_behind(stack) == [ours.pid]
        done = cornerpost("down", "--data", str(stack.data))
        assert done.returncode == 0, done.stderr
        assert ours.wait(10) != 0
        assert other.poll() is None
        other.kill()
