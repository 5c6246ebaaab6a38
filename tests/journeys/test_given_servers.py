"""A stack on servers that somebody else runs: its own databases and namespace, no server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from cli.demo_ring.ring import Ring
from cli.demo_story.others import BUYER, lodge_right
from cli.demo_story.story import Story
from contracts.payments.language import InvoiceStatus
from deploy.stack import cluster
from deploy.stack.databases import prepare
from deploy.stack.environment import keycloak_address, temporal_address
from deploy.stack.layout import ROOT, Stack
from deploy.stack.processes import FAKES, MIGRATED, OURS, SERVICES
from deploy.stack.status import standings

BASE = 23600


def cornerpost(*words: str, **told: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=ROOT, env=os.environ | told, capture_output=True, text=True, check=False, timeout=280,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def given(stack: Stack) -> Iterator[dict[str, str]]:
    """Empty databases on the stack's PostgreSQL, its Temporal and its Keycloak, as addresses."""
    mark = f"given_{uuid4().hex[:8]}"
    told = {
        "CORNERPOST_TEMPORAL": temporal_address(stack),
        "CORNERPOST_TEMPORAL_NAMESPACE": mark,
        "CORNERPOST_KEYCLOAK": keycloak_address(stack),
    }
    with psycopg.connect(cluster.superuser_url(stack), autocommit=True) as admin:
        for name in MIGRATED:
            told |= made(admin, stack, name, f"{mark}_{name}")
        yield told
        for name in MIGRATED:
            dropped(admin, f"{mark}_{name}")


def made(admin: psycopg.Connection, stack: Stack, name: str, database: str) -> dict[str, str]:
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


def dropped(admin: psycopg.Connection, database: str) -> None:
    admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(database)))
    for role in ("owner", "app"):
        admin.execute(sql.SQL("drop role {}").format(sql.Identifier(f"{database}_{role}")))


@contextmanager
def on_servers(given: dict[str, str], data: Path) -> Iterator[Stack]:
    where = ("--data", str(data))
    try:
        cornerpost("up", "--with-fakes", "--port-base", str(BASE), *where, **given)
        yield Stack.recorded(data)
    finally:
        cornerpost("down", "--erase", *where)


@dataclass(slots=True)
class Elsewhere(Ring):
    """Signs people in where they always did; what they do then happens on the other stack."""

    other: Stack | None = None

    def _addresses(self) -> dict[str, str]:
        assert self.other is not None
        return {one: self.other.address(one) for one in SERVICES}


@pytest.mark.timeout(280)
def test_a_stack_on_given_servers_starts_none_and_takes_a_case_on(
    story: Story, given: dict[str, str], folder: Path
) -> None:
    with on_servers(given, folder / "d") as stack:
        assert [one.name for one in standings(stack)] == [one.name for one in (*FAKES, *OURS)]
        assert all(one.ready for one in standings(stack))
        with Elsewhere(story.ring.stack, other=stack) as ring:
            elsewhere = Story(ring, story.place, story.tell)
            case = lodge_right(elsewhere, BUYER, person=91)
            case.pay(BUYER.fee)
            assert case.paid(BUYER.fee).status is InvoiceStatus.PAID
            assert case.open_step("screening").due_at is not None
