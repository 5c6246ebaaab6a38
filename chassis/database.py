"""The database: engine and sessions from settings, and column types that store values."""

import select as polling
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from psycopg import Connection
from pydantic import SecretStr
from sqlalchemy import (
    CursorResult,
    Dialect,
    Engine,
    NullPool,
    Text,
    TypeDecorator,
    create_engine,
    event,
    make_url,
    select,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker

from chassis.clock import Clock
from chassis.settings import Mode, ServiceSettings
from chassis.tables import new_metadata, stack_mode

__all__ = [
    "Database",
    "StackMismatch",
    "StrEnumType",
    "Surroundings",
    "new_metadata",
    "open_database",
]

APP_LIMITS = {
    "timezone": "UTC",
    "synchronous_commit": "on",
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",
}
CONNECT_SECONDS = 3
POOL_SECONDS = 5


class StackMismatch(RuntimeError):
    """The database belongs to a stack of the other mode, or to another service."""


class StrEnumType(TypeDecorator[StrEnum]):
    """An enum stored by its value in a text column: `StrEnumType(Status)`."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every session of a process knows: which service writes, and by which clock."""

    service: str
    clock: Clock

    @property
    def mode(self) -> Mode:
        return self.clock.mode


@dataclass(frozen=True, slots=True)
class Database:
    """`sessions` is for units of work; `aside` for what must be kept although the act is refused.

    `aside` has a pool of its own: a request that waited for a second connection of the first pool
    while all others did the same would wait for ever.
    """

    engine: Engine
    aside: Engine
    sessions: sessionmaker[Session]
    around: Surroundings

    def close(self) -> None:
        self.engine.dispose()
        self.aside.dispose()


def around(session: Session) -> Surroundings:
    """The surroundings that `open_database` gave to this session."""
    found: Surroundings = session.info["around"]
    return found


def send(session: Session, statement: str, values: Mapping[str, Any]) -> CursorResult[Any]:
    """Have a statement carried out as it is spelled: for those that nearly every act needs.

    Nothing is compiled and nothing flushed; the driver prepares what comes often. Numbers and
    texts whose type the place does not tell are cast in the statement.
    """
    return session.connection().exec_driver_sql(statement, values)


def url_of(secret: SecretStr) -> URL:
    """The address with our driver, however it was spelled (`postgresql://`, `postgres://`)."""
    text = secret.get_secret_value()
    return make_url("postgresql" + text[text.index(":") :]).set(drivername="postgresql+psycopg")


def connect_args(limits: Mapping[str, str], name: str) -> dict[str, Any]:
    options = " ".join(f"-c {key}={value}" for key, value in limits.items())
    return {"options": options, "connect_timeout": CONNECT_SECONDS, "application_name": name}


def make_engine(settings: ServiceSettings, size: int, name: str) -> Engine:
    """An engine with a fixed pool; a connection that died with the server is replaced unseen."""
    engine = create_engine(
        url_of(settings.database),
        pool_size=size,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        hide_parameters=True,  # an error's text goes to logs, a parameter may be a name
        connect_args=connect_args(APP_LIMITS, f"cornerpost-{settings.service}{name}"),
    )
    event.listen(engine, "checkout", must_be_silent)
    return engine


def must_be_silent(connection: Connection, record: object, lent: object) -> None:
    """Have the pool replace its connections when one at rest has something to read.

    A server that ended or restarted has said so on the line (an error, or its end), where a ping
    would cost every act a round trip to learn the same. Raises InvalidatePoolError, which the pool
    answers with a new connection.
    """
    line = polling.poll()
    if not connection.closed:
        line.register(connection.fileno(), polling.POLLIN)
    if connection.closed or line.poll(0):
        raise InvalidatePoolError("The server has ended this connection")


def owner_engine(settings: ServiceSettings) -> Engine:
    """For migrations and the training clock: the owner role, no pool, a short lock timeout."""
    address = settings.database_owner or settings.database
    limits = {"timezone": "UTC", "lock_timeout": "5s"}
    name = f"cornerpost-{settings.service}-owner"
    return create_engine(
        url_of(address),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=connect_args(limits, name),
    )


def open_database(settings: ServiceSettings, clock: Clock | None = None) -> Database:
    """Engine and sessions of a service. Nothing is connected yet: the server may still be away."""
    surroundings = Surroundings(settings.service, clock or Clock(settings.mode))
    engine = make_engine(settings, settings.pool, "")
    sessions = sessionmaker(engine, expire_on_commit=False, info={"around": surroundings})
    return Database(engine, make_engine(settings, 2, "-aside"), sessions, surroundings)


def check_stack(database: Database, engine: Engine | None = None) -> None:
    """Refuse to work on a database of the other mode. Raises OperationalError while it is away."""
    with (engine or database.engine).connect() as connection:
        found = connection.execute(select(stack_mode.c.mode, stack_mode.c.service)).one()
    ours = database.around
    if (found.mode, found.service) != (ours.mode, ours.service):
        raise StackMismatch(
            f"This database was made for a {found.mode} stack's {found.service}; "
            f"this process is a {ours.mode} stack's {ours.service} and does not touch it"
        )
