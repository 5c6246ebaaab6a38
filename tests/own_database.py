"""Databases that tests make for themselves on the server they are given, and what stands there."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from chassis.settings import ServiceSettings
from kernel.authority import Power

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ROLES_ARE_OF_THE_SERVER = 7041  # the lock under which tests that run side by side make them


@dataclass(frozen=True, slots=True)
class OwnDatabases:
    """Databases `dev_<whose>_…` on the server at `server`, with roles of their own."""

    server: str
    whose: str

    @property
    def owner(self) -> str:
        return f"dev_{self.whose}_owner"

    @property
    def app(self) -> str:
        return f"dev_{self.whose}_app"

    def make(self, kind: str = "") -> str:
        """An empty database; gives its name."""
        name = f"dev_{self.whose}_{kind}{uuid4().hex[:10]}"
        with psycopg.connect(self.server, dbname="postgres", autocommit=True) as door:
            door.execute("select pg_advisory_lock(%s)", [ROLES_ARE_OF_THE_SERVER])
            for role, may in ((self.owner, "login"), (self.app, "login"), ("auditor", "nologin")):
                found = door.execute("select 1 from pg_roles where rolname = %s", [role])
                if found.fetchone() is None:
                    door.execute(sql.SQL("create role {} " + may).format(sql.Identifier(role)))
            door.execute("select pg_advisory_unlock(%s)", [ROLES_ARE_OF_THE_SERVER])
            words = sql.SQL("create database {} owner {}")
            door.execute(words.format(sql.Identifier(name), sql.Identifier(self.owner)))
        return name

    def drop(self, *names: str) -> None:
        with psycopg.connect(self.server, dbname="postgres", autocommit=True) as door:
            for name in names:
                door.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def url(self, role: str, name: str) -> str:
        """The address of the database `name` for one of the roles."""
        parts = psycopg.conninfo.conninfo_to_dict(self.server)
        return f"postgresql://{role}@{parts['host']}:{parts['port']}/{name}"

    def addresses(self, name: str) -> dict[str, str]:
        """Both addresses of a database as a service's settings name them."""
        return {
            "database": self.url(self.app, name), "database_owner": self.url(self.owner, name)
        }


def as_owner(settings: ServiceSettings, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask a service's database as its owner."""
    address = settings.database_owner or settings.database
    with psycopg.connect(address.get_secret_value(), autocommit=True) as door:
        done = door.execute(statement, values)
        return done.fetchall() if done.description else []


def appoint(
    settings: ServiceSettings, person: str, agency: str, office: str, *powers: Power
) -> None:
    """A live appointment, as if it had been proposed and approved long ago."""
    as_owner(
        settings,
        "insert into appointment (id, person, agency, office, powers, since, version)"
        " values (%s, %s, %s, %s, %s, %s, 1)",
        uuid4(), person, agency, office, [power.value for power in powers], LONG_AGO,
    )
