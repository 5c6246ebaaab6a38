"""The databases of the private cluster as `up` leaves them, whatever an earlier version did."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from deploy.stack import cluster, databases
from deploy.stack.databases import app_role, create, owner_role
from deploy.stack.layout import Mode, Stack, establish


@pytest.fixture
def name(postgres: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The only database of a stack, on the server for tests."""
    one = f"dev_create_{uuid4().hex[:10]}"
    monkeypatch.setattr(cluster, "superuser_url", lambda _, named="postgres": postgres + named)
    monkeypatch.setattr(databases, "needed_databases", lambda _: [one])
    yield one
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(one)))
        for role in (owner_role(one), app_role(one)):
            admin.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


@pytest.fixture
def stack(folder: Path) -> Stack:
    return establish(folder / "d", Mode.TRAINING, 29000)


def test_a_database_that_did_not_wait_for_the_disk_waits_again(
    stack: Stack, postgres: str, name: str
) -> None:
    create(stack)
    with psycopg.connect(postgres, autocommit=True) as admin:
        off = "alter database {} set synchronous_commit = off"
        admin.execute(sql.SQL(off).format(sql.Identifier(name)))
    create(stack)
    with psycopg.connect(postgres + name) as session:
        assert session.execute("show synchronous_commit").fetchone() == ("on",)
