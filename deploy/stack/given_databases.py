"""Databases that run elsewhere: what their addresses say, and which of them will not do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from deploy.stack.databases import app_url, owner_url
from deploy.stack.layout import Refused, Stack
from deploy.stack.processes import MIGRATED, is_private, needed_databases

USUAL_PORT: Final = 5432
SECONDS: Final = 15
PLAIN: Final = ("temporal", "temporal_visibility", "keycloak")
"""Databases of foreign servers, which this stack tells host, port, name and account only."""

WITHOUT_TLS: Final = ("disable", "allow", "prefer")


@dataclass(frozen=True, slots=True)
class Place:
    """What the address of a database says, with what it may leave out."""

    host: str
    port: int
    name: str
    user: str
    password: str


def place_of(url: str) -> Place:
    told = conninfo_to_dict(url)
    user = str(told.get("user") or "")
    return Place(
        host=str(told.get("host") or "127.0.0.1"),
        port=int(told.get("port") or USUAL_PORT),
        name=str(told.get("dbname") or user),
        user=user,
        password=str(told.get("password") or ""),
    )


def refuse_unfit(stack: Stack, say: Callable[[str], None] = lambda line: None) -> None:
    """Raise Refused for an address that would not hold what the register promises.

    With one role for everything the service owns its tables, and nothing keeps it from changing
    the journal: a training stack says so and goes on. Foreign servers cannot be told how to reach
    a database by TLS.
    """
    given = [name for name in needed_databases(stack) if not is_private(stack, name)]
    for name in given:
        if name in PLAIN and _by_tls(owner_url(stack, name)):
            raise Refused(
                f"The database {name} is reached without TLS by a server of this stack: leave "
                "sslmode out, or run that server yourself and name its address"
            )
    shared = [
        name
        for name in given
        if name in MIGRATED
        and place_of(owner_url(stack, name)).user == place_of(app_url(stack, name)).user
    ]
    if not shared:
        return
    names = ", ".join(f"CORNERPOST_DATABASE_URL_{name.upper()}_OWNER" for name in shared)
    told = (
        f"Name {names}: a role that migrates, beside the one that the service works as. With "
        "one role for both the service could change its own journal"
    )
    if not stack.training:
        raise Refused(told)
    say(f"WARNING: {told}; a production stack refuses to start so")


def refuse_unanswered(stack: Stack) -> None:
    """Raise Refused for a given database that cannot be entered as the role that migrates it."""
    for name in needed_databases(stack):
        if is_private(stack, name):
            continue
        try:
            psycopg.connect(owner_url(stack, name), connect_timeout=SECONDS).close()
        except psycopg.Error as away:  # its words name host and port, and no password
            raise Refused(
                f"The database {name} does not answer where CORNERPOST_DATABASE_URL_"
                f"{name.upper()} (or …_OWNER) leads: {away}"
            ) from away


def _by_tls(url: str) -> bool:
    return str(conninfo_to_dict(url).get("sslmode") or "prefer") not in WITHOUT_TLS
