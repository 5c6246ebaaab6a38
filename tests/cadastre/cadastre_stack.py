"""Databases for the tests of the cadastre: made for one run, on a server that is given."""

import os
from pathlib import Path

import psycopg
from psycopg import sql

from services.cadastre.settings import Settings

ROOT = Path(__file__).parents[2]
ADMIN = os.environ.get("CORNERPOST_TEST_ADMIN_URL", "postgresql://postgres@127.0.0.1:25432/")
OWNER, APP = "dev_cadastre_owner", "dev_cadastre_app"
TEMPLATE = f"dev_cadastre_template_{os.getpid()}"


def url(user: str, name: str) -> str:
    parts = psycopg.conninfo.conninfo_to_dict(ADMIN)
    return f"postgresql://{user}@{parts['host']}:{parts['port']}/{name}"


def admin(database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(ADMIN, dbname=database, autocommit=True)


def create(name: str, template: str | None = None) -> None:
    words = sql.SQL("create database {} owner {}").format(
        sql.Identifier(name), sql.Identifier(OWNER)
    )
    if template:
        words += sql.SQL(" template {}").format(sql.Identifier(template))
    with admin() as door:
        door.execute(words)


def drop(name: str) -> None:
    words = sql.SQL("drop database if exists {} with (force)")
    with admin() as door:
        door.execute(words.format(sql.Identifier(name)))


def prepared(name: str) -> None:
    """An empty database with what only a superuser may create."""
    create(name)
    with admin(name) as door:
        for extension in ("postgis", "btree_gist"):
            door.execute(sql.SQL("create extension {}").format(sql.Identifier(extension)))
        door.execute((ROOT / "deploy/postgres/bootstrap.sql").read_text().encode())


def settings_for(name: str, keys: Path, **more: object) -> Settings:
    return Settings(
        mode="training",
        database=url(APP, name),
        database_owner=url(OWNER, name),
        keys=keys,
        rulebooks=ROOT / "rulebooks",
        files=keys.parent / "files",
        pool=8,
        **more,  # type: ignore[arg-type]
    )
