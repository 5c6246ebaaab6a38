"""What stored answers give away: nothing, except to the person who sends the same key again."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text
from starlette.testclient import TestClient
from tiny.service import Settings, create_app

from chassis import tables
from chassis.database import owner_engine
from chassis.migrate import migrate
from chassis.sealing import Sealing

Headers = Callable[..., dict[str, str]]
TINY = Path(__file__).parent / "tiny" / "migrations"
SEALS = """
from alembic import op
from chassis.migrate import seal_stored_answers
revision, down_revision = "0002", "0001"

def upgrade():
    seal_stored_answers(op)
"""


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as made:
        yield made


def rows(settings: Settings) -> list[tuple[str, bytes]]:
    asked = text("select key, answer from idempotency where scope = 'request'")
    with owner_engine(settings).connect() as connection:
        return [(row.key, bytes(row.answer)) for row in connection.execute(asked)]


def test_neither_the_key_nor_the_answer_stands_in_the_database(
    client: TestClient, settings: Settings, token: Headers, key: Headers
) -> None:
    headers, name = token() | key(), str(uuid4())
    made = client.post("/v1/things", json={"name": name}, headers=headers)
    kept = rows(settings)
    assert [one for one, _ in kept if headers["Idempotency-Key"] in one] == []
    assert [one for _, one in kept if name.encode() in one or made.content in one] == []
    again = client.post("/v1/things", json={"name": name}, headers=headers)
    assert (again.content, again.headers["Idempotent-Replay"]) == (made.content, "true")


def test_an_answer_is_opened_by_its_own_person_and_key_only() -> None:
    sealed = Sealing("public:a", "bc").seal(b"a pin")
    assert Sealing("public:a", "bc").unseal(sealed) == b"a pin"
    for other in (Sealing("public:a", "b"), Sealing("public:ab", "c"), Sealing("public:b", "bc")):
        with pytest.raises(InvalidTag):
            other.unseal(sealed)


def test_answers_from_before_are_sealed_and_still_given(
    settings: Settings, token: Headers, key: Headers, tmp_path: Path
) -> None:
    headers, name = token() | key(), str(uuid4())
    with TestClient(create_app(settings)) as client:
        made = client.post("/v1/things", json={"name": name}, headers=headers)
        as_before(settings, headers["Idempotency-Key"], made.content)
        (tmp_path / "versions").mkdir()
        first = (TINY / "versions" / "0001_tables.py").read_text()
        (tmp_path / "versions" / "0001_tables.py").write_text(first)
        (tmp_path / "versions" / "0002_seals.py").write_text(SEALS)
        (tmp_path / "HEAD").write_text("0002")
        migrate(settings, tmp_path)
        again = client.post("/v1/things", json={"name": name}, headers=headers)
    assert (again.status_code, again.content) == (201, made.content)
    assert [one for _, one in rows(settings) if name.encode() in one] == []


def as_before(settings: Settings, key: str, answer: bytes) -> None:
    """The row as an older release wrote it: the key and the answer in clear."""
    row = tables.idempotency.c
    with owner_engine(settings).begin() as connection:
        connection.execute(tables.idempotency.delete().where(row.scope != "request"))
        connection.execute(
            tables.idempotency.delete().where(row.key != Sealing("public:p1", key).name)
        )
        connection.execute(tables.idempotency.update().values(key=key, answer=answer))
