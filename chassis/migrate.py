"""Migrations: brings a service's database from empty, or from any older state, to its head."""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, select, text, update

from chassis import tables
from chassis.answers import REQUEST
from chassis.database import owner_engine, url_of
from chassis.sealing import Sealing
from chassis.settings import ServiceSettings

AUDITOR: Final = "auditor"
LOCK_KEY: Final = 0x636F726E_6D6967  # one migration of a database at a time
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$-]{0,62}")


class WrongHead(RuntimeError):
    """The HEAD file and the migrations disagree: two people added one, or one was forgotten."""


class NoAuditor(RuntimeError):
    """The cluster has no role `auditor`, and the owner may not create one."""


def migrate(settings: ServiceSettings, folder: Path | None = None) -> str:
    """Bring the database to its head as the owner role, then renew the grants; gives the revision.

    `folder` is by default `migrations` beside the module of the settings class. Migrations are
    numbered files in `folder/versions`, `folder/HEAD` names the last one. Running it again does
    nothing. All of it is one transaction: a migration that fails leaves nothing behind.
    """
    folder = folder or _folder_of(settings)
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    config.attributes["settings"] = settings
    scripts = ScriptDirectory.from_config(config)
    head = _head(scripts, folder)
    engine = owner_engine(settings)
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        _run(config, scripts, connection, lambda rev, _: scripts._upgrade_revs("head", rev))
        _grant(connection, settings)
    _check_mode(engine, settings)
    return head


def current(settings: ServiceSettings) -> str | None:
    """The revision the database is at; None when it is empty."""
    with owner_engine(settings).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def create_chassis_tables(op: Operations | Any) -> None:
    """For a service's first migration: `create_chassis_tables(op)` makes the common tables.

    Writes the stack's mode (from the settings given to `migrate`) and the log's and clock's one
    row, and the base views of schema `audit_v1`. A later change of these tables is a new function
    here and a new migration in each service, never an edit of this one.
    """
    connection = op.get_bind()
    settings: ServiceSettings = op.get_context().opts["settings"]
    tables.metadata.create_all(connection, checkfirst=False)
    connection.execute(
        tables.stack_mode.insert().values(id=1, mode=settings.mode, service=settings.service)
    )
    connection.execute(tables.clock.insert().values(id=1, offset_seconds=0))
    connection.execute(tables.log_head.insert().values(id=1, size=0, frontier=bytes(8)))
    for statement in (*CLOCK_GUARD, *BASE_VIEWS):
        connection.execute(text(statement))


def create_mode_table(op: Operations | Any) -> None:
    """For the first migration of a database that holds nothing of the register: whose it is.

    Such a database has no log, no journal and no clock; its `audit_v1` is empty.
    """
    connection = op.get_bind()
    settings: ServiceSettings = op.get_context().opts["settings"]
    tables.stack_mode.create(connection)
    connection.execute(
        tables.stack_mode.insert().values(id=1, mode=settings.mode, service=settings.service)
    )
    connection.execute(text("create schema audit_v1"))


CLOCK_GUARD = (
    """
    create function clock_only_goes_forward() returns trigger language plpgsql as $$
    begin
      if new.offset_seconds < old.offset_seconds then
        raise exception 'the training clock only goes forward';
      end if;
      if new.offset_seconds <> 0 and (select mode from stack_mode) = 'production' then
        raise exception 'a production stack has no clock that could be moved';
      end if;
      return new;
    end $$
    """,
    """
    create trigger clock_only_goes_forward before update on clock
      for each row execute function clock_only_goes_forward()
    """,
)
BASE_VIEWS = (
    "create schema audit_v1",
    "create view audit_v1.outbox as select id, created_at, sent_at from public.outbox",
    """
    create view audit_v1.log_entries as
      select "index" as seq, leaf, payload from public.log_leaf
    """,
)


def seal_stored_answers(op: Operations | Any) -> None:
    """For a later migration: answers to requests that were stored before keys sealed them."""
    connection, row = op.get_bind(), tables.idempotency.c
    clear = select(row.person, row.key, row.answer).where(row.scope == REQUEST)
    for person, key, answer in connection.execute(clear).all():
        sealing = Sealing(person, key)
        connection.execute(
            update(tables.idempotency)
            .where(row.scope == REQUEST, row.person == person, row.key == key)
            .values(key=sealing.name, answer=None if answer is None else sealing.seal(answer))
        )


def append_only(op: Operations | Any, table: str, purpose: str) -> None:
    """Mark a service's table: the app role may add rows, never change or remove them."""
    op.create_table_comment(table, f"{tables.APPEND_ONLY}: {purpose}", existing_comment=None)


def _folder_of(settings: ServiceSettings) -> Path:
    module = sys.modules[type(settings).__module__]
    if module.__file__ is None:
        raise WrongHead(f"{module.__name__} has no folder with migrations beside it")
    return Path(module.__file__).parent / "migrations"


def _head(scripts: ScriptDirectory, folder: Path) -> str:
    heads, written = scripts.get_heads(), (folder / "HEAD").read_text().split()
    if heads != written:
        raise WrongHead(f"{folder}/HEAD says {written}, the migrations end at {heads}")
    return heads[0]


def _run(
    config: Config,
    scripts: ScriptDirectory,
    connection: Connection,
    steps: Callable[[Any, Any], Sequence[Any]],
) -> None:
    environment = EnvironmentContext(config, scripts, fn=steps, destination_rev="head")
    environment.configure(
        connection=connection,
        settings=config.attributes["settings"],
        transaction_per_migration=False,
    )
    environment.run_migrations()


def _check_mode(engine: Engine, settings: ServiceSettings) -> None:
    with engine.connect() as connection:
        found = connection.execute(text("select mode, service from stack_mode")).one()
    if tuple(found) != (settings.mode, settings.service):
        raise WrongHead(
            f"This database was made for a {found.mode} stack's {found.service}, "
            f"not for a {settings.mode} stack's {settings.service}"
        )


def _grant(connection: Connection, settings: ServiceSettings) -> None:
    """The app role works on rows and adds to append-only tables; the auditor reads views."""
    owner = connection.execute(text("select current_user")).scalar_one()
    app = url_of(settings.database).username
    if app and app != owner:
        _grant_app(connection, app)
    _make_auditor(connection)
    for statement in (
        f"grant usage on schema audit_v1 to {AUDITOR}",
        f"grant select on all tables in schema audit_v1 to {AUDITOR}",
    ):
        connection.execute(text(statement))


def _grant_app(connection: Connection, app: str) -> None:
    if not _NAME.fullmatch(app):
        raise ValueError("The app role's name is not one that can be granted to")
    for schema in _own_schemas(connection):
        connection.execute(text(f'grant usage on schema {schema} to "{app}"'))
        connection.execute(
            text(f'grant usage, select on all sequences in schema {schema} to "{app}"')
        )
    for table, kind, comment in _own_tables(connection):
        connection.execute(text(f'revoke all on {table} from "{app}"'))
        connection.execute(text(f'grant {_rights(kind, comment)} on {table} to "{app}"'))


def _rights(kind: str, comment: str) -> str:
    if kind != "r" or comment.startswith(tables.READ_ONLY):
        return "select"
    if comment.startswith(tables.APPEND_ONLY):
        return "select, insert"
    if comment.startswith(tables.SWEPT):
        return "select, insert, delete"
    return "select, insert, update, delete"


def _own_schemas(connection: Connection) -> list[str]:
    mine = text(
        "select quote_ident(nspname) from pg_namespace where nspname = 'public' or "
        "(nspowner = (select oid from pg_roles where rolname = current_user)"
        " and nspname not like 'pg\\_%' and nspname <> 'information_schema')"
    )
    return list(connection.execute(mine).scalars())


def _own_tables(connection: Connection) -> list[tuple[str, str, str]]:
    """Tables (r, p) and views (v, m) that the owner made; not those of extensions."""
    mine = text(
        """
        select quote_ident(n.nspname) || '.' || quote_ident(c.relname),
               case when c.relkind in ('r', 'p') then 'r' else 'v' end,
               coalesce(obj_description(c.oid, 'pg_class'), '')
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm') and n.nspname not like 'pg\\_%'
          and n.nspname <> 'information_schema' and c.relname <> 'alembic_version'
          and c.relowner = (select oid from pg_roles where rolname = current_user)
          and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
        """
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(mine)]


def _make_auditor(connection: Connection) -> None:
    if connection.execute(text("select 1 from pg_roles where rolname = 'auditor'")).first():
        return
    may = text("select rolsuper or rolcreaterole from pg_roles where rolname = current_user")
    if not connection.execute(may).scalar_one():
        raise NoAuditor("Create the role auditor first (deploy/postgres/bootstrap.sql)")
    connection.execute(
        text(
            "do $$ begin create role auditor nologin; "
            "exception when duplicate_object or unique_violation then null; end $$"
        )
    )
