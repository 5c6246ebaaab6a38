"""Bring a whole stack up from nothing: what does not depend on each other starts together."""

import asyncio
import fcntl
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TextIO

from deploy.stack import cluster, commands, databases, training_people
from deploy.stack.environment import keycloak_admin, temporal_address
from deploy.stack.identity import reconcile_identity
from deploy.stack.judging import judge
from deploy.stack.keys import create_keys
from deploy.stack.layout import Stack, record
from deploy.stack.migrations import migrate_all
from deploy.stack.processes import Process, Tier, processes
from deploy.stack.readiness import ready
from deploy.stack.supervision import Supervisor
from deploy.stack.training_clock import TrainingClock
from deploy.temporal import config, namespace, schema, server

SECONDS = {"postgres": 30.0, "keycloak": 300.0}
USUAL_SECONDS = 240.0
LOG_LINES = 15
QUICK_DEATHS = 3
LONGEST_PAUSE = 0.8

Say = Callable[[str], None]


class PartFailed(Exception):
    """A part did not come up; the message names it and ends with its log's last lines."""

    def __init__(self, name: str, log: Path, why: str) -> None:
        lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
        tail = "\n".join(f"  | {line}" for line in lines[-LOG_LINES:]) or "  | (empty)"
        super().__init__(f"{name} {why}. The end of its log, {log}:\n{tail}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Start:
    """One run of `up` on one stack."""

    stack: Stack
    supervisor: Supervisor
    say: Say = field(default=lambda line: None)

    def run(self) -> list[Process]:
        """Answer the processes, all ready. Raises PartFailed or Refused; safe to run again.

        What is refused leaves the folder as it was. A jump of the training clock that was cut off
        is finished then.
        """
        judge(self.stack, self.say)
        record(self.stack)
        with alone(self.stack):
            create_keys(self.stack)
            wanted = processes(self.stack)
            if any(one.tier is Tier.STORE for one in wanted):
                cluster.create(self.stack)
            if any(one.name == "temporal" for one in wanted):
                config.write_config(commands.temporal_server(self.stack), self._temporal_folder)
            self.supervisor.keep(wanted)
            self._bring(wanted)
            if self.stack.training:
                TrainingClock(self.stack, self.say).finish()
            return wanted

    def one(self, name: str) -> None:
        """Start one process by name and wait for it. Raises Refused for a name nobody has."""
        self.supervisor.start(name)
        for process in processes(self.stack):
            if process.name == name:
                self.wait(process)

    def _bring(self, wanted: list[Process]) -> None:
        """The store first; then clock, identity and our own processes side by side."""
        stores, engines, ours = ([p for p in wanted if p.tier is tier] for tier in Tier)
        self._start_and_wait(stores)
        if stores:
            databases.create(self.stack)
        temporal = [one for one in engines if one.name == "temporal"]
        keycloak = [one for one in engines if one.name == "keycloak"]
        together(
            lambda: self._clock(temporal),
            lambda: self._identity(keycloak),
            lambda: self._our_own(ours),
        )
        admin = keycloak_admin(self.stack)
        if self.stack.training and admin is not None:
            number = training_people.fill(self.stack, admin)
            self.say(f"{number} invented officers can sign in")

    def _clock(self, temporal: list[Process]) -> None:
        if temporal:
            tool, told = server.binary("sql"), commands.temporal_server(self.stack)
            schema.update_schemas(tool, told.database)
        self._start_and_wait(temporal)
        asyncio.run(namespace.register(temporal_address(self.stack), self.stack.namespace))

    def _identity(self, keycloak: list[Process]) -> None:
        self._start_and_wait(keycloak)
        admin = keycloak_admin(self.stack)
        if admin is None:
            self.say("identity is left as it is: no CORNERPOST_KEYCLOAK_ADMIN_CLIENT was given")
            return
        changes = reconcile_identity(self.stack, admin)
        self.say(f"identity is as law and stack say ({len(changes)} changes)")

    def _our_own(self, ours: list[Process]) -> None:
        for line in migrate_all(self.stack).splitlines():
            self.say(line)
        self._start_and_wait(ours)

    def _start_and_wait(self, started: Iterable[Process]) -> None:
        waiting = list(started)
        for one in waiting:
            self.supervisor.start(one.name)
        if waiting:
            together(*(partial(self.wait, one) for one in waiting))

    def wait(self, process: Process) -> None:
        """Until the process answers that it is ready. Raises PartFailed when its time is over."""
        began = time.monotonic()
        limit = SECONDS.get(process.name, USUAL_SECONDS)
        starts: set[int] = set()
        pause = 0.1
        while not self._is_up(process, starts):
            if len(starts) > QUICK_DEATHS:
                raise PartFailed(process.name, self.stack.log(process.name), "ends again and again")
            if time.monotonic() - began > limit:
                why = f"is not ready after {limit:g} s"
                raise PartFailed(process.name, self.stack.log(process.name), why)
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        self.say(f"{process.name} is ready ({time.monotonic() - began:.1f} s)")

    def _is_up(self, process: Process, starts: set[int]) -> bool:
        """It answers, and it is ours: no stranger on its port. Notes each start it made."""
        found = next(s for s in self.supervisor.states() if s.name == process.name)
        starts.update({found.began} - {0})
        return (found.running or process.tier is Tier.STORE) and ready(process, self.stack)

    @property
    def _temporal_folder(self) -> Path:
        return self.stack.run / "temporal"


def together(*tasks: Callable[[], None]) -> None:
    """Do all of it side by side; the first failure is raised when every task has ended."""
    with ThreadPoolExecutor(max_workers=len(tasks)) as pool:
        for done in [pool.submit(task) for task in tasks]:
            done.result()


@contextmanager
def alone(stack: Stack) -> Iterator[None]:
    """One command at a time changes what runs; a second one waits."""
    with _changing(stack) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_changing(stack: Stack) -> bool:
    """Whether a command is at work on the stack at this moment."""
    with _changing(stack) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _changing(stack: Stack) -> TextIO:
    stack.run.mkdir(mode=0o700, exist_ok=True)
    return (stack.run / "changing.lock").open("w")
