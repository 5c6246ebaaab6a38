"""The way to the portal's database; its outages become something to tell people."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from chassis.database import Database
from chassis.outages import problem_of


@contextmanager
def opened(database: Database) -> Iterator[Connection]:
    """One transaction. Raises TryLater while the database is away or busy."""
    try:
        with database.engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        problem = problem_of(error)
        if problem is None:
            raise
        raise problem from error
