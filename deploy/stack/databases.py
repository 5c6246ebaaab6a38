"""The databases of the private cluster, with an owner role and an app role each."""

from importlib.resources import files

import psycopg
from psycopg import sql

from deploy.stack import cluster
from deploy.stack.layout import Stack
from deploy.stack.processes import is_private, needed_databases
from deploy.stack.vault import secret

AUDITOR = "auditor"
EXTENSIONS = {
    "cadastre": ("postgis", "btree_gist"),
    "licensing": ("btree_gist",),
    "payments": ("btree_gist",),
    "messages": ("btree_gist",),
    "temporal_visibility": ("btree_gin",),
}
ROLES = {"temporal_visibility": "temporal"}
"""Temporal keeps two databases under one account."""


def role_prefix(database: str) -> str:
    return ROLES.get(database, database)


def owner_role(database: str) -> str:
    """The role that owns the tables and migrates them."""
    return f"{role_prefix(database)}_owner"


def app_role(database: str) -> str:
    """The role the processes use; what it may change is granted by the migrations."""
    return f"{role_prefix(database)}_app"


def owner_url(stack: Stack, database: str) -> str:
    """For migrations, backup and the clock. A given database names its own."""
    given = stack.given.get(f"CORNERPOST_DATABASE_URL_{database.upper()}_OWNER")
    if given is None and not is_private(stack, database):
        given = stack.given[f"CORNERPOST_DATABASE_URL_{database.upper()}"]
    return given or _url(stack, database, owner_role(database))


def app_url(stack: Stack, database: str) -> str:
    """For the processes of the database's service."""
    given = stack.given.get(f"CORNERPOST_DATABASE_URL_{database.upper()}")
    return given or _url(stack, database, app_role(database))


def _url(stack: Stack, database: str, role: str) -> str:
    password = secret(stack, f"database-{role}")
    return f"postgresql://{role}:{password}@127.0.0.1:{stack.port('postgres')}/{database}"


def create(stack: Stack, bare: bool = False) -> None:
    """Make roles and databases that are not there yet; harmless to repeat.

    `bare` leaves out what a dump brings with it: extensions and the operator class.
    """
    private = [name for name in needed_databases(stack) if is_private(stack, name)]
    with psycopg.connect(cluster.superuser_url(stack), autocommit=True) as admin:
        _role(stack, admin, AUDITOR)
        for name in private:
            _role(stack, admin, owner_role(name))
            _role(stack, admin, app_role(name))
            _database(admin, name)
    for name in () if bare else private:
        prepare(cluster.superuser_url(stack, name), name)


def prepare(superuser_url: str, database: str) -> None:
    """What only a superuser can do inside a database, before its first migration."""
    with psycopg.connect(superuser_url, autocommit=True) as admin:
        for extension in EXTENSIONS.get(database, ()):
            admin.execute(
                sql.SQL("create extension if not exists {} schema public").format(
                    sql.Identifier(extension)
                )
            )
        if database == "cadastre":
            admin.execute(bootstrap_sql())


def bootstrap_sql() -> str:
    """The operator class by which the database itself refuses shared ground."""
    return files("deploy.postgres").joinpath("bootstrap.sql").read_text()


def _role(stack: Stack, admin: psycopg.Connection, role: str) -> None:
    """Make the role, or give it the password that this stack knows (after a restore)."""
    found = admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
    verb = "create role {} login password {}" if found is None else "alter role {} password {}"
    admin.execute(
        sql.SQL(verb).format(
            sql.Identifier(role), sql.Literal(secret(stack, f"database-{role}"))
        )
    )


def _database(admin: psycopg.Connection, name: str) -> None:
    """Make the database; take back that its commits do not wait for the disk (earlier versions)."""
    found = admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
    if found is None:
        admin.execute(
            sql.SQL("create database {} owner {}").format(
                sql.Identifier(name), sql.Identifier(owner_role(name))
            )
        )
    for words in (
        "alter database {} reset synchronous_commit", "revoke all on database {} from public",
    ):
        admin.execute(sql.SQL(words).format(sql.Identifier(name)))
    for role in (app_role(name), AUDITOR):
        admin.execute(
            sql.SQL("grant connect on database {} to {}").format(
                sql.Identifier(name), sql.Identifier(role)
            )
        )
