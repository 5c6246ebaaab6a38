from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from tiny.service import Settings

from chassis import tables
from chassis.clock import ClockOnlyGoesForward, NoClockToMove, advance_clock
from chassis.database import StackMismatch, check_stack, new_metadata, open_database, owner_engine
from chassis.migrate import WrongHead, current, migrate

TINY = Path(__file__).parent / "tiny" / "migrations"


@pytest.fixture
def empty(settings: Settings, admin_url: str) -> Iterator[Settings]:
    """Settings of a service whose database is empty."""
    name = f"dev_chassis_{uuid4().hex[:10]}"
    assert settings.database_owner is not None
    owner = settings.database_owner.get_secret_value()
    role = owner.split("//")[1].split("@")[0]
    with psycopg.connect(admin_url, dbname="postgres", autocommit=True) as admin:
        made = sql.SQL("create database {} owner {}")
        admin.execute(made.format(sql.Identifier(name), sql.Identifier(role)))
    yield Settings(
        mode="production",
        database=settings.database.get_secret_value().rsplit("/", 1)[0] + f"/{name}",
        database_owner=owner.rsplit("/", 1)[0] + f"/{name}",
    )
    with psycopg.connect(admin_url, dbname="postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def test_from_empty_to_head_and_again_without_change(empty: Settings) -> None:
    assert current(empty) is None
    assert migrate(empty, TINY) == "0001"
    assert migrate(empty, TINY) == current(empty) == "0001"


def test_the_common_tables_are_as_declared(settings: Settings) -> None:
    declared = new_metadata()
    tables.chassis_tables(declared)
    names = set(declared.tables)
    with owner_engine(settings).connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: kind != "table" or name in names,
            },
        )
        assert compare_metadata(context, declared) == []


def test_a_failing_migration_leaves_nothing_behind(empty: Settings, tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "0001_first.py").write_text((TINY / "versions" / "0001_tables.py").read_text())
    (versions / "0002_second.py").write_text(
        "from alembic import op\nrevision = '0002'\ndown_revision = '0001'\n"
        "def upgrade():\n    op.execute('select 1 / 0')\n"
    )
    (tmp_path / "HEAD").write_text("0002\n")
    with pytest.raises(DBAPIError):
        migrate(empty, tmp_path)
    assert current(empty) is None


def test_the_head_file_must_name_the_last_migration(empty: Settings, tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "HEAD").write_text("0007\n")
    with pytest.raises(WrongHead):
        migrate(empty, tmp_path)


def test_a_process_of_another_mode_refuses_the_database(empty: Settings) -> None:
    migrate(empty, TINY)
    other = open_database(empty.model_copy(update={"mode": "training"}))
    with pytest.raises(StackMismatch, match=r"production stack's messages"):
        check_stack(other)
    other.close()


def test_a_production_clock_cannot_be_moved_by_any_way(empty: Settings) -> None:
    migrate(empty, TINY)
    with Session(owner_engine(empty)) as owner:
        with pytest.raises(NoClockToMove):
            advance_clock(owner, empty.mode, 60)
        with pytest.raises(DBAPIError, match="no clock that could be moved"):
            owner.execute(text("update clock set offset_seconds = 60"))
    opened = open_database(empty)
    with opened.sessions() as session:
        clock = opened.around.clock
        assert abs((clock.legal_now(session) - clock.real_now()).total_seconds()) < 1
    opened.close()


def test_a_training_clock_moves_forward_only(settings: Settings) -> None:
    with Session(owner_engine(settings)) as owner:
        advance_clock(owner, "training", 86_400)
        owner.commit()
        with pytest.raises(ClockOnlyGoesForward):
            advance_clock(owner, "training", 60)
        owner.rollback()
        with pytest.raises(DBAPIError, match="only goes forward"):
            owner.execute(text("update clock set offset_seconds = 60"))
    opened = open_database(settings)
    with opened.sessions() as session:
        clock = opened.around.clock
        ahead = clock.legal_now(session) - clock.real_now()
        assert 86_399 <= ahead.total_seconds() <= 86_401
    opened.close()
