import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import structlog
from fastapi import APIRouter, Depends
from sqlalchemy import event, text
from starlette.testclient import TestClient
from tiny.service import Settings, create_app

from chassis.app import create_service
from chassis.database import open_database
from chassis.powers import RouteWithoutRule
from chassis.telemetry import configure_logs
from chassis.unit_of_work import AtUnitOfWork
from chassis.who import PUBLIC, asks
from tests.plain_logs import plain_logs

Headers = Callable[..., dict[str, str]]

trouble = APIRouter(dependencies=[Depends(asks(PUBLIC))])
ran: list[str] = []
meet = threading.Barrier(2, timeout=10)


@trouble.post("/cross/{first}/{second}")
def cross(first: str, second: str, work: AtUnitOfWork) -> dict[str, int]:
    """Locks two things in the order given: two of these the other way round deadlock."""
    ran.append(first)
    bump = text("update thing set version = version + 1 where name = :name")
    work.session.execute(bump, {"name": first})
    if len(ran) <= 2:
        meet.wait()
    return {"changed": work.session.execute(bump, {"name": second}).rowcount}


@trouble.post("/mistake")
def mistake() -> None:
    raise KeyError("canary")


@trouble.post("/twice/{name}")
def twice(name: str, work: AtUnitOfWork) -> None:
    for _ in range(2):
        row = {"id": work.new_id(), "name": name}
        work.session.execute(text("insert into thing values (:id, :name, 1)"), row)


@trouble.post("/nothing")
def nothing(work: AtUnitOfWork) -> None:
    work.session.execute(text("insert into thing (name) values ('canary')"))


@trouble.post("/wide/{number}")
def wide(number: int, work: AtUnitOfWork) -> None:
    work.session.execute(text("select cast(:n as smallint)"), {"n": number})


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_service(settings, [trouble], "Trouble")) as made:
        yield made


def test_two_requests_that_deadlock_are_both_answered(
    client: TestClient, settings: Settings
) -> None:
    names = [f"deadlock {uuid4()}" for _ in range(2)]
    opened = open_database(settings)
    with closing(opened), opened.engine.begin() as connection:
        for name in names:
            connection.execute(
                text("insert into thing values (:id, :name, 1)"), {"id": uuid4(), "name": name}
            )
    answers: list[Any] = []

    def send(order: list[str]) -> None:
        answers.append(client.post(f"/v1/cross/{order[0]}/{order[1]}"))

    threads = [threading.Thread(target=send, args=(o,)) for o in (names, names[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [a.json() for a in answers] == [{"changed": 1}] * 2
    assert len(ran) >= 3  # one of the two was begun again, on a loaded machine more than once


def test_a_commit_that_fails_is_not_answered_with_success(
    settings: Settings, token: Headers, key: Headers
) -> None:
    opened = open_database(settings)
    app = create_app(settings, database=opened)
    name = str(uuid4())

    @event.listens_for(opened.engine, "commit")
    def cut(connection: Any) -> None:
        connection.connection.dbapi_connection.close()

    with TestClient(app) as client:
        failed = client.post("/v1/things", json={"name": name}, headers=token() | key())
        event.remove(opened.engine, "commit", cut)
        assert failed.status_code == 503
        assert failed.headers["retry-after"]
        assert client.get("/v1/things", params={"name": name}).json() == {"things": 0}


def test_while_the_database_is_away_the_answer_is_come_again_and_then_it_works(
    settings: Settings, admin_url: str
) -> None:
    name = settings.database.get_secret_value().rsplit("/", 1)[-1]
    with (
        TestClient(create_app(settings)) as client,
        psycopg.connect(admin_url, dbname="postgres", autocommit=True) as admin,
    ):
        assert client.get("/v1/things").status_code == 200
        admin.execute(f"alter database {name} allow_connections false")
        try:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name]
            )
            away, ready = client.get("/v1/things"), client.get("/readyz")
        finally:
            admin.execute(f"alter database {name} allow_connections true")
        assert (away.status_code, ready.status_code) == (503, 503)
        assert away.headers["content-type"] == "application/problem+json"
        assert client.get("/healthz").status_code == 200
        assert client.get("/v1/things").status_code == 200


def test_a_row_that_others_hold_too_long_is_come_again(
    settings: Settings, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("chassis.database").database.APP_LIMITS, "lock_timeout", "100ms")
    name, opened = f"held {uuid4()}", open_database(settings)
    ran.extend(["x", "x"])
    with (
        TestClient(create_service(settings, [trouble], "Trouble")) as hasty,
        opened.engine.connect() as holder,
    ):
        with holder.begin():
            row = {"id": uuid4(), "name": name}
            holder.execute(text("insert into thing values (:id, :name, 1)"), row)
        with holder.begin():
            holder.execute(text("select 1 from thing where name = :name for update"), row)
            answer = hasty.post(f"/v1/cross/{name}/x")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    opened.close()


def test_a_mistake_of_ours_says_nothing_but_its_trace(client: TestClient) -> None:
    answer = client.post("/v1/mistake")
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:cornerpost:problem:went-wrong"
    assert "canary" not in answer.text
    assert answer.json()["trace"] in answer.headers["traceparent"]


def test_what_an_error_says_is_not_logged(
    settings: Settings, client: TestClient, tmp_path: Path
) -> None:
    configure_logs(settings.model_copy(update={"log_path": tmp_path / "log"}), "trouble")
    try:
        assert client.post("/v1/mistake").status_code == 500
        assert client.post("/v1/twice/canary").status_code == 409
        assert client.post("/v1/nothing").status_code == 500
    finally:
        structlog.reset_defaults()
        plain_logs()
        (handler,) = logging.getLogger().handlers
        logging.getLogger().removeHandler(handler)
        assert isinstance(handler, logging.StreamHandler)
        handler.stream.close()
    log = (tmp_path / "log").read_text()
    assert "canary" not in log
    assert "KeyError" in log
    assert "23502" in log


def test_a_value_beyond_its_column_is_the_senders_mistake(client: TestClient) -> None:
    assert client.post("/v1/wide/70000").status_code == 422


def test_the_trace_of_the_caller_goes_on(client: TestClient) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    sent = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    assert trace in client.get("/healthz", headers=sent).headers["traceparent"]
    forged = {"traceparent": "00-zz-zz-01"}
    assert "zz" not in client.get("/healthz", headers=forged).headers["traceparent"]


def test_a_route_that_does_not_say_who_may_ask_does_not_start(settings: Settings) -> None:
    careless = APIRouter()
    careless.add_api_route("/open", lambda: None, methods=["GET"])
    with pytest.raises(RouteWithoutRule, match="/v1/open"):
        create_service(settings, [careless], "Careless")
