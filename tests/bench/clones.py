"""Many rows like one row: what a bench works on, made by the database itself."""

from queue import SimpleQueue

import psycopg

from chassis.settings import ServiceSettings
from tests.bench.measure import THREADS
from tests.own_database import as_owner

COLUMNS = """
select attname from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''
  and attidentity = '' order by attnum
"""


def columns(settings: ServiceSettings, table: str) -> list[str]:
    """The columns of a table that an insert names."""
    return [row[0] for row in as_owner(settings, COLUMNS, table)]


def clone(
    settings: ServiceSettings, table: str, copies: int, where: str, **replaced: str
) -> None:
    """Insert `copies` of one row; `replaced` gives SQL for a column, `n` counts from 1."""
    names = columns(settings, table)
    chosen = [replaced.get(name, f"t.\"{name}\"") for name in names]
    quoted = ", ".join(f'"{name}"' for name in names)
    query = (
        f"insert into {table} ({quoted}) select {', '.join(chosen)}"
        f" from {table} t cross join generate_series(1, {copies}) n where {where}"
    )
    as_owner(settings, query)


def twin(settings: ServiceSettings, *tables: str) -> None:
    """Tables like ours in the schema `bare`: the same columns and indexes, no triggers, no log."""
    as_owner(settings, "create schema if not exists bare")
    for table in tables:
        as_owner(
            settings,
            f"create table bare.{table} (like public.{table} including defaults"
            " including identity including indexes)",
        )
        as_owner(settings, f"grant select, insert, update on bare.{table} to public")
    as_owner(settings, "grant usage on schema bare to public")
    as_owner(settings, "grant usage on all sequences in schema bare to public")


def connections(settings: ServiceSettings) -> "SimpleQueue[psycopg.Connection]":
    """Bare connections of the service's own role, one for each thread, statements prepared."""
    doors: SimpleQueue[psycopg.Connection] = SimpleQueue()
    for _ in range(THREADS):
        door = psycopg.connect(settings.database.get_secret_value())
        door.prepare_threshold = 0
        doors.put(door)
    return doors
