"""A database that dies again and again is away, also where the pool or the session says it."""

from typing import Any

import pytest
from sqlalchemy import event, text
from starlette.testclient import TestClient
from tiny.service import Settings, create_app

from chassis.database import open_database
from chassis.outages import problem_of
from kernel.problems import TryLater


def dies(connection: Any, record: object, lent: object) -> None:
    connection.close()


def test_a_server_that_ends_each_new_connection_too_is_an_outage(settings: Settings) -> None:
    """The pool tries two connections and then speaks of a closed one."""
    app = create_app(settings)
    with TestClient(app) as client:
        event.listen(app.state.database.engine, "checkout", dies, insert=True)
        answer = client.get("/v1/things")
    assert answer.status_code == 503, answer.text
    assert answer.headers["Retry-After"]


def test_a_session_whose_connection_died_is_an_outage(settings: Settings) -> None:
    database = open_database(settings)
    session = database.sessions()
    session.execute(text("select 1"))
    session.connection().invalidate()
    with pytest.raises(Exception, match="until invalid transaction") as died:
        session.execute(text("select 1"))
    session.close()
    database.close()
    assert isinstance(problem_of(died.value), TryLater)


def test_another_mistake_with_a_session_stays_one_of_ours(settings: Settings) -> None:
    database = open_database(settings)
    session = database.sessions()
    session.begin()
    with pytest.raises(Exception, match="already begun") as ours:
        session.begin()
    session.close()
    database.close()
    assert problem_of(ours.value) is None
