"""A supervised stack for R1: PostgreSQL and all that filings pass through, free to be killed."""

import asyncio
import os
import random
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from deploy.ports import OFFSETS
from deploy.stack import cluster, commands, databases
from deploy.stack.down import stop_all
from deploy.stack.environment import temporal_address
from deploy.stack.keys import create_keys
from deploy.stack.layout import Mode, Stack, establish
from deploy.stack.migrations import migrate_all
from deploy.stack.processes import SERVICES, Process, processes
from deploy.stack.readiness import ready
from deploy.stack.supervision import Supervisor
from deploy.temporal import config, namespace, schema, server
from tests.experiments.scratch import issuer as issuer_of_tokens
from tests.token_issuer import TokenIssuer

PARTS: Final = ("", "-worker", "-relay")
OF_FILINGS: Final = tuple(f"licensing{part}" for part in PARTS)
"""What every filing passes through until it is acknowledged and told."""

OF_CASES: Final = (*(f"{service}{part}" for service in SERVICES for part in PARTS), "workflows")
"""And what a case passes through until its ground is entered and its first fee asked for."""

BASES: Final = range(12_000, 19_900, 100)
PATIENCE: Final = 240.0
EVERY: Final = (1.0, 3.0)
STORE_EVERY: Final = 8.0


@dataclass(frozen=True, slots=True)
class Small:
    """The stack, what runs in it, and the issuer that its services believe."""

    stack: Stack
    supervisor: Supervisor
    issuer: TokenIssuer
    parts: dict[str, Process]
    mortal: tuple[str, ...]

    @property
    def services(self) -> list[str]:
        """Those that run, and die."""
        return [name for name in SERVICES if name in self.mortal]

    def wait(self, *names: str) -> None:
        until = time.monotonic() + PATIENCE
        while not all(self.up(name) for name in names):
            if time.monotonic() > until:
                down = [name for name in names if not self.up(name)]
                raise TimeoutError(f"{down} not ready; logs in {self.stack.logs}")
            time.sleep(0.2)

    def up(self, name: str) -> bool:
        return ready(self.parts[name], self.stack)

    def start(self, *names: str) -> None:
        for name in names:
            self.supervisor.start(name)
        self.wait(*names)

    def kill(self, name: str) -> bool:
        """`kill -9` of the process that has this name now."""
        pids = {state.name: state.pid for state in self.supervisor.states()}
        if not pids.get(name):
            return False
        os.kill(pids[name], signal.SIGKILL)
        return True


def free_base() -> int:
    """Where none of a stack's ports is taken."""
    for base in BASES:
        if not any(_taken(base + offset) for offset in OFFSETS.values()):
            return base
    raise OSError("no free ports for a small stack")


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def small_stack(temporal: str | None, mortal: tuple[str, ...]) -> Iterator[Small]:
    """Up and ready with what is to die; `temporal`: a server's address, None for one of its own.

    The folder is gone afterwards, and no process is left.
    """
    issuer = issuer_of_tokens()
    data = Path(tempfile.mkdtemp(prefix="cp-r1-", dir="/tmp"))
    stack = establish(data, Mode.TRAINING, free_base())
    given = {
        "CORNERPOST_KEYCLOAK": issuer.url,
        "CORNERPOST_TEMPORAL_NAMESPACE": f"r1-{data.name[6:]}".replace("_", "-"),
    }
    if temporal:
        given["CORNERPOST_TEMPORAL"] = temporal
    stack = replace(stack, given=given)
    living = ("postgres", "temporal", *mortal)
    parts = {one.name: one for one in processes(stack) if one.name in living}
    small = Small(stack, Supervisor(stack), issuer, parts, mortal)
    try:
        _bring_up(small)
        yield small
    finally:
        stop_all(stack)
        issuer.close()
        shutil.rmtree(data, ignore_errors=True)


def _bring_up(small: Small) -> None:
    stack = small.stack
    create_keys(stack)
    cluster.create(stack)
    if "temporal" in small.parts:
        config.write_config(commands.temporal_server(stack), stack.run / "temporal")
    small.supervisor.keep(list(small.parts.values()))
    small.start("postgres")
    databases.create(stack)
    if "temporal" in small.parts:
        schema.update_schemas(server.binary("sql"), commands.temporal_server(stack).database)
        small.start("temporal")
    asyncio.run(namespace.register(temporal_address(stack), stack.namespace))
    migrate_all(stack, small.services)
    small.start(*small.mortal)


@dataclass
class Killer:
    """Kills one of our processes every one to three seconds, PostgreSQL every eight.

    Ours die in rounds, each in an order of chance; the first round is finished whatever happens.
    The seconds count while what was killed is up again: on a machine so busy that a start takes
    longer, the next one would otherwise die before it served anybody.
    """

    small: Small
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        threads = [threading.Thread(target=one) for one in (self._ours, self._store)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join()

    def _ours(self) -> None:
        first = True
        while first or not self.over.is_set():
            for name in self.chance.sample(self.small.mortal, len(self.small.mortal)):
                if self.over.wait(self.chance.uniform(*EVERY)) and not first:
                    return
                self._kill(name)
            first = False

    def _store(self) -> None:
        while not self.over.wait(STORE_EVERY):
            self._kill("postgres")

    def _kill(self, name: str) -> None:
        try:
            self.kills[name] += self.small.kill(name)
        except ProcessLookupError:
            self.kills[f"{name} was gone"] += 1
        while not self.small.up(name) and not self.over.wait(0.1):
            continue
