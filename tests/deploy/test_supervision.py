import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.stack import processes
from deploy.stack.layout import Mode, Refused, Stack, establish
from deploy.stack.status import standings
from deploy.stack.supervision import Supervisor, render

DOOMED = "payments-relay"


def until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


def test_every_process_is_started_again_for_ever(folder: Path) -> None:
    stack = establish(folder / "d", Mode.TRAINING, 29000)
    wanted = processes.processes(stack)
    sections = render(stack, wanted).split("[program:")[1:]
    assert len(sections) == len(wanted)
    assert all("autorestart=true" in one and "startretries=1000000" in one for one in sections)


def test_the_supervisors_configuration_is_its_owners_only(stack: Stack) -> None:
    assert Supervisor(stack).config.stat().st_mode & 0o077 == 0
    assert Supervisor(stack).socket.stat().st_mode & 0o077 == 0


def test_a_killed_process_is_back_within_seconds(stack: Stack) -> None:
    supervisor = Supervisor(stack)
    before = {one.name: one.pid for one in supervisor.states()}[DOOMED]
    os.kill(before, signal.SIGKILL)

    def is_back() -> bool:
        found = next(one for one in standings(stack) if one.name == DOOMED)
        return found.ready and found.pid not in (0, before)

    assert until(is_back), standings(stack)


def test_starting_what_runs_and_stopping_what_is_stopped_is_no_error(stack: Stack) -> None:
    supervisor = Supervisor(stack)
    supervisor.start(DOOMED)
    supervisor.stop(DOOMED)
    supervisor.stop(DOOMED)
    supervisor.start(DOOMED)
    assert until(lambda: next(s for s in standings(stack) if s.name == DOOMED).ready)


def test_a_name_nobody_has_is_refused(stack: Stack) -> None:
    with pytest.raises(Refused, match="no process nobody"):
        Supervisor(stack).start("nobody")


def test_nothing_listens_beyond_this_machine(stack: Stack) -> None:
    pids = {one.pid for one in Supervisor(stack).states() if one.pid}
    open_to_all = [
        f"{pid}: port {port}" for pid in family(pids) for host, port in listening(pid)
        if host not in LOOPBACK
    ]
    assert not open_to_all


LOOPBACK = ("0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F")
LISTEN = "0A"


def family(pids: set[int]) -> set[int]:
    """The processes and everything they started."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = entry.read_text().rpartition(") ")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(entry.parent.name)] = int(words[1])
    found = set(pids)
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} | found
        if more == found:
            return found
        found = more


def listening(pid: int) -> list[tuple[str, int]]:
    """Host (as the kernel writes it) and port of every TCP socket this process listens on."""
    own = set()
    for link in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            own.add(str(link.readlink()))
        except FileNotFoundError:
            continue
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            host, _, port = words[1].partition(":")
            if words[3] == LISTEN and f"socket:[{words[9]}]" in own:
                found.append((host, int(port, 16)))
    return found
