"""What a backup consists of, and PostgreSQL's own tools that make and read it."""

import hashlib
import os
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict
from pydantic import BaseModel, ConfigDict

from deploy.stack import cluster
from deploy.stack.databases import owner_url
from deploy.stack.layout import Mode, Refused, Stack
from deploy.stack.processes import is_private

FORMAT = 1
MANIFEST = "manifest.json"
FOLDERS = ("files", "keys", "secrets")
"""Beside the databases; the secrets, because Keycloak's database knows half of each pair."""

TABLE_OF_GROUND = """
    select count(*) from pg_constraint c
    join pg_operator o on o.oid = any (c.conexclop)
    join pg_namespace n on n.oid = o.oprnamespace
    join pg_index i on i.indexrelid = c.conindid
    where c.conname = 'no_shared_ground' and c.contype = 'x' and c.convalidated and i.indisvalid
      and o.oprname = '&#&' and n.nspname = 'public'
"""


class Form(BaseModel):
    """What the manifest of every version says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int


class Manifest(BaseModel):
    """What an archive says of itself: the stack it came from, and each part's SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    mode: Mode
    taken_at: str
    databases: list[str]
    sha256: dict[str, str]


def administrator_url(stack: Stack, database: str) -> str:
    """The superuser of the private cluster, or the owner of a database that was given."""
    if is_private(stack, database):
        return cluster.superuser_url(stack, database)
    return owner_url(stack, database)


def tool(name: str, url: str, *arguments: str) -> None:
    """Run pg_dump or pg_restore on a database; the password never stands on a command line."""
    where = conninfo_to_dict(url)
    told = {
        "PGHOST": where.get("host"),
        "PGPORT": where.get("port"),
        "PGUSER": where.get("user"),
        "PGPASSWORD": where.get("password"),
        "PGSSLMODE": where.get("sslmode"),
        "PGSSLROOTCERT": where.get("sslrootcert"),
        "PGSSLCERT": where.get("sslcert"),
        "PGSSLKEY": where.get("sslkey"),
    }
    environment = os.environ | {name: str(value) for name, value in told.items() if value}
    done = subprocess.run(
        [cluster.binary(name), f"--dbname={where['dbname']}", *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )
    if done.returncode:
        raise Refused(f"{name} of {where['dbname']} failed:\n{done.stderr[-1500:]}")


def digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
