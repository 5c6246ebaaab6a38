"""Stacks beside the run's own one, on databases and a namespace of theirs in its servers."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from deploy.stack import cluster
from deploy.stack.databases import prepare
from deploy.stack.environment import temporal_address
from deploy.stack.layout import ROOT, Stack


def cornerpost(*words: str, **told: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=ROOT, env=os.environ | told, capture_output=True, text=True, check=False, timeout=400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def own_places(stack: Stack, databases: Sequence[str]) -> Iterator[dict[str, str]]:
    """Empty databases of these names on the stack's PostgreSQL, and its Temporal, as addresses."""
    mark = f"given_{uuid4().hex[:8]}"
    told = {
        "CORNERPOST_TEMPORAL": temporal_address(stack),
        "CORNERPOST_TEMPORAL_NAMESPACE": mark,
    }
    with psycopg.connect(cluster.superuser_url(stack), autocommit=True) as admin:
        for name in databases:
            told |= _made(admin, stack, name, f"{mark}_{name}")
        yield told
        for name in databases:
            _dropped(admin, f"{mark}_{name}")


@contextmanager
def on_servers(given: dict[str, str], data: Path, base: int) -> Iterator[Stack]:
    """A production stack with stand-ins, all of it running."""
    where = ("--data", str(data))
    try:
        cornerpost("up", "--with-fakes", "--port-base", str(base), *where, **given)
        yield Stack.recorded(data)
    finally:
        cornerpost("down", "--erase", *where)


def _made(admin: psycopg.Connection, stack: Stack, name: str, database: str) -> dict[str, str]:
    """One database as `docs/operating.md` says: owner, app role, and what a superuser adds."""
    told = {}
    for role, suffix in (("owner", "_OWNER"), ("app", "")):
        who = f"{database}_{role}"
        word = sql.SQL("create role {} login password {}")
        admin.execute(word.format(sql.Identifier(who), sql.Literal(who)))
        url = f"postgresql://{who}:{who}@127.0.0.1:{stack.port('postgres')}/{database}"
        told[f"CORNERPOST_DATABASE_URL_{name.upper()}{suffix}"] = url
    owner = sql.Identifier(f"{database}_owner")
    admin.execute(
        sql.SQL("create database {} owner {}").format(sql.Identifier(database), owner)
    )
    prepare(cluster.superuser_url(stack, database), name)
    return told


def _dropped(admin: psycopg.Connection, database: str) -> None:
    admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(database)))
    for role in ("owner", "app"):
        admin.execute(sql.SQL("drop role {}").format(sql.Identifier(f"{database}_{role}")))
