"""A Temporal server of the tests' own: real, on PostgreSQL, with a clock that can be skipped.

A stack's server would not do: its own workers and services answer in the namespace `training`.
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.temporal import alone, config, namespace, server

NAMESPACE = alone.NAMESPACE
ADMIN = os.environ.get("CORNERPOST_TEST_ADMIN_URL", "postgresql://postgres@127.0.0.1:25432/")


def free_ports(wanted: int) -> int:
    """The first of `wanted` neighbouring free ports; membership ports must lie below 32768."""
    for first in range(28000 + os.getpid() % 300 * 10, 32000, wanted):
        if all(_is_free(first + n) for n in range(wanted)):
            return first
    raise RuntimeError("there are no free ports for a Temporal server")


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def running(folder: Path, name: str, on: str = ADMIN) -> Iterator[str]:
    """A server from nothing; its address. Its two databases, `on` a server, go when it does."""
    prefix = f"dev_workflows_{name}_{os.getpid()}"
    database = alone.prepare(on, prefix)
    one = config.TemporalServer(database, alone.ports(free_ports(9)), 4, skipping=alone.NAMESPACE)
    with (folder / "temporal.log").open("ab") as log:
        process = subprocess.Popen(
            server.command(config.write_config(one, folder)), stdout=log, stderr=log
        )
    try:
        if not asyncio.run(_ready(one.address)):
            raise RuntimeError((folder / "temporal.log").read_text()[-2000:])
        yield one.address
    finally:
        process.terminate()
        process.wait(20)
        _drop(on, database.core, database.visibility)


async def _ready(address: str) -> bool:
    if not await namespace.wait_until_it_answers(address, 40):
        return False
    await namespace.register(address, alone.NAMESPACE)
    return True


def _drop(on: str, *names: str) -> None:
    with psycopg.connect(on, autocommit=True, dbname="postgres") as admin:
        for name in names:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@contextmanager
def worker_of_workflows(address: str) -> Iterator[subprocess.Popen[bytes]]:
    """The process that runs the workflows, as the supervisor starts it."""
    environment = os.environ | {
        "CORNERPOST_MODE": "training",
        "CORNERPOST_TEMPORAL": address,
        "CORNERPOST_TEMPORAL_NAMESPACE": NAMESPACE,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "workflows.worker"], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)
