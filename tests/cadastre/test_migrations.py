"""The database from empty to head, held against the tables the code believes in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cadastre_stack import admin, drop, prepared, settings_for
from geoalchemy2 import Geometry
from sqlalchemy import create_engine, inspect

from chassis.database import owner_engine
from chassis.migrate import current, migrate
from services.cadastre.settings import Settings
from services.cadastre.store.tables import metadata


@pytest.fixture(scope="module")
def fresh(roles: None, keys: Path) -> Iterator[Settings]:
    name = f"dev_cadastre_empty_{uuid4().hex[:8]}"
    prepared(name)
    yield settings_for(name, keys)
    drop(name)


def ours(thing: Any, name: str | None, kind: str, *_: object) -> bool:
    return kind != "table" or name not in ("spatial_ref_sys", "alembic_version")


def same_type(_: object, __: object, ___: object, found: Any, wanted: Any) -> bool:
    """True means different; PostGIS spells a plane that a column leaves open as 0 or -1."""
    shape = getattr(wanted, "impl", wanted)
    if isinstance(shape, Geometry) and isinstance(found, Geometry):
        mine = (shape.geometry_type, max(shape.srid, 0))
        return mine != ((found.geometry_type or "GEOMETRY").upper(), max(found.srid, 0))
    return None  # type: ignore[return-value]


def test_an_empty_database_comes_to_head_and_equals_the_tables(fresh: Settings) -> None:
    assert current(fresh) is None
    assert migrate(fresh) == migrate(fresh) == current(fresh)
    engine = owner_engine(fresh)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": ours, "compare_type": same_type},
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_audit_views_keep_their_columns(fresh: Settings) -> None:
    migrate(fresh)
    engine = create_engine(
        fresh.database_owner.get_secret_value().replace("postgresql:", "postgresql+psycopg:")  # type: ignore[union-attr]
    )
    looked = inspect(engine)
    columns = {
        view: [column["name"] for column in looked.get_columns(view, schema="audit_v1")]
        for view in looked.get_view_names(schema="audit_v1")
    }
    engine.dispose()
    assert columns["licence_areas"][:9] == [
        "id", "licence_code", "type", "minerals", "valid", "recorded", "inherited", "geom", "cells",
    ]
    assert columns["application_areas"] == [
        "application_id", "seq", "status", "minerals", "geom", "cells",
    ]
    assert columns["zones"][:3] == ["id", "kind", "name"]
    assert {"log_entries", "outbox"} <= set(columns)


def test_an_auditor_reads_the_views_and_nothing_else(fresh: Settings) -> None:
    migrate(fresh)
    name = fresh.database.get_secret_value().rsplit("/", 1)[-1]
    with admin(name) as door:
        door.execute("set role auditor")
        door.execute("select * from audit_v1.licence_areas").fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute("select * from public.licence_area")


def test_the_guarantee_stands_in_the_database(fresh: Settings) -> None:
    migrate(fresh)
    name = fresh.database.get_secret_value().rsplit("/", 1)[-1]
    with admin(name) as door:
        found = door.execute(
            "select conname, pg_get_constraintdef(oid) from pg_constraint where contype = 'x'"
        ).fetchall()
    told = dict(found)
    assert set(told) == {"no_shared_ground", "no_shared_cell"}
    assert "&#&" in told["no_shared_ground"]
    assert "valid WITH &&" in told["no_shared_ground"]
