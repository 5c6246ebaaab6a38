"""Stop a stack: what is ours first, the store last; on request its folder goes too."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

from deploy.stack import orphans
from deploy.stack.layout import NAMES, Refused, Stack, Unfinished, mark
from deploy.stack.processes import FOREIGN
from deploy.stack.supervision import Supervisor

SECONDS = 60.0
ENDED = ("STOPPED", "EXITED", "FATAL", "UNKNOWN")


def stop_all(stack: Stack) -> None:
    """End every process and the supervisor; data stays. Nothing running is no error."""
    supervisor = Supervisor(stack)
    if not supervisor.alive():
        orphans.end(stack)
        return
    engines = [one.name for one in FOREIGN]
    names = [state.name for state in supervisor.states()]
    ours = [name for name in names if name not in (*engines, "postgres")]
    for tier in (ours, [n for n in names if n in engines], [n for n in names if n == "postgres"]):
        _stop(supervisor, tier)
    supervisor.told_to_stop.touch()
    supervisor.shut_down()


def erase(stack: Stack) -> list[str]:
    """Remove a stopped stack with every record in it; answer what else lies in its folder."""
    if Supervisor(stack).alive():
        raise Refused("The stack runs: stop it first")
    if not (stack.data / "stack.json").is_file():
        raise Refused(f"{stack.data} holds no stack")
    mark(stack, Unfinished.ERASING)
    for name in NAMES:
        _remove(stack.data / name)
    left = sorted(one.name for one in stack.data.iterdir())
    if not left:
        with suppress(OSError):  # a mounted volume stays, empty
            stack.data.rmdir()
    return left


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _stop(supervisor: Supervisor, names: list[str]) -> None:
    for name in names:
        supervisor.stop(name, wait=False)
    until = time.monotonic() + SECONDS
    while any(one.name in names and one.word not in ENDED for one in supervisor.states()):
        if time.monotonic() > until:
            raise Refused(f"These do not stop: {', '.join(names)}")
        time.sleep(0.1)
