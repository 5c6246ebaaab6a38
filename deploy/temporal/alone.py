"""A training Temporal server by itself, on any PostgreSQL: to work on workflows without a stack."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from deploy.temporal import config, namespace, schema, server

NAMESPACE = "training"


def ports(frontend: int) -> config.TemporalPorts:
    """Nine ports in a row, the frontend's first."""
    parts = config.PARTS
    return config.TemporalPorts(
        grpc={part: frontend + n for n, part in enumerate(parts)},
        membership={part: frontend + 4 + n for n, part in enumerate(parts)},
        http=frontend + 8,
    )


def prepare(admin_url: str, prefix: str) -> config.TemporalDatabase:
    """Make the two databases on the server that `admin_url` names, with their schemas."""
    given = conninfo_to_dict(admin_url)
    database = config.TemporalDatabase(
        host=str(given.get("host") or "127.0.0.1"),
        port=int(given.get("port") or 5432),
        user=str(given["user"]),
        password=str(given.get("password") or "unused"),
        core=f"{prefix}_core",
        visibility=f"{prefix}_visibility",
    )
    with psycopg.connect(admin_url, autocommit=True, dbname="postgres") as admin:
        for name in (database.core, database.visibility):
            found = admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
            if found is None:
                admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    with psycopg.connect(admin_url, autocommit=True, dbname=database.visibility) as admin:
        admin.execute("create extension if not exists btree_gin")
    schema.update_schemas(server.binary("sql"), database)
    return database


async def announce(address: str) -> bool:
    """Register the namespace once the server answers; False when it never did."""
    if not await namespace.wait_until_it_answers(address, 30):
        return False
    await namespace.register(address, NAMESPACE)
    return True


def main(
    admin_url: Annotated[str, typer.Option(help="PostgreSQL as a superuser")],
    port: Annotated[int, typer.Option(help="of the frontend; eight more follow it")] = 27233,
    folder: Annotated[Path, typer.Option(help="for its configuration and log")] = Path("build"),
    prefix: Annotated[str, typer.Option(help="of its two databases")] = "temporal_alone",
) -> None:
    """Start it, register the namespace `training`, say the address and leave it running."""
    one = config.TemporalServer(prepare(admin_url, prefix), ports(port), 4, skipping=NAMESPACE)
    path = config.write_config(one, folder)
    with (folder / "temporal.log").open("ab") as log:
        started = subprocess.Popen(
            server.command(path), stdout=log, stderr=log, start_new_session=True
        )
    if asyncio.run(announce(one.address)):
        typer.echo(f"{one.address} namespace {NAMESPACE} pid {started.pid}")
        sys.stdout.flush()
        os._exit(0)
    typer.echo(f"It does not answer; its log is {log.name}", err=True)
    os._exit(1)


if __name__ == "__main__":
    typer.run(main)
