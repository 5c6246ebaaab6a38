from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient
from tiny.service import Settings, create_app

from chassis.database import Database
from chassis.tables import appointment
from chassis.who import PUBLIC, asks
from kernel.authority import Power

Headers = Callable[..., dict[str, str]]
HERE = {"groups": ["/agencies/first/first-north"]}


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as made:
        yield made


@pytest.fixture
def appoint(database: Database) -> Callable[..., None]:
    def appoint(sub: str, **other: Any) -> None:
        row = {
            "id": uuid4(),
            "person": f"staff:{sub}",
            "agency": "first",
            "office": "first-north",
            "powers": ["audit"],
            "since": datetime.now(UTC) - timedelta(days=1),
            "until": None,
            "version": 1,
        }
        with database.engine.begin() as connection:
            connection.execute(insert(appointment).values(row | other))

    return appoint


def seal(client: TestClient, headers: dict[str, str]) -> tuple[int, str]:
    answer = client.post("/v1/things/seals", headers=headers)
    return answer.status_code, answer.json().get("type", "").rsplit(":", 1)[-1]


def test_an_officer_with_a_live_appointment_and_a_fresh_second_factor_may(
    client: TestClient, appoint: Callable[..., None], token: Headers, key: Headers
) -> None:
    appoint("good")
    assert seal(client, token("staff", "good", **HERE) | key()) == (200, "")


@pytest.mark.parametrize(
    ("sub", "row", "claims", "refusal"),
    [
        ("none", None, HERE, "not-allowed"),
        ("other-power", {"powers": ["read-cases"]}, HERE, "not-allowed"),
        ("unknown-power", {"powers": ["audit-all"]}, HERE, "not-allowed"),
        ("ended", {"until": datetime(2026, 1, 2, tzinfo=UTC)}, HERE, "not-allowed"),
        ("begins", {"since": datetime(2126, 1, 2, tzinfo=UTC)}, HERE, "not-allowed"),
        ("moved", {}, {"groups": ["/agencies/first/first-south"]}, "not-allowed"),
        ("stale", {}, HERE | {"auth_time": 1_700_000_000}, "step-up-needed"),
        ("single", {}, HERE | {"acr": "1"}, "step-up-needed"),
        ("never", {}, HERE | {"auth_time": None}, "step-up-needed"),
    ],
)
def test_an_officer_without_all_of_it_may_not(
    client: TestClient,
    appoint: Callable[..., None],
    token: Headers,
    key: Headers,
    sub: str,
    row: dict[str, Any] | None,
    claims: dict[str, Any],
    refusal: str,
) -> None:
    if row is not None:
        appoint(sub, **row)
    assert seal(client, token("staff", sub, **claims) | key()) == (403, refusal)


def test_roles_and_groups_of_the_other_realm_count_for_nothing(
    client: TestClient, appoint: Callable[..., None], token: Headers, key: Headers
) -> None:
    appoint("double", person="public:double")
    forged = token("public", "double", **HERE, realm_access={"roles": ["officer"]})
    assert seal(client, forged | key()) == (403, "not-allowed")


def test_nobody_is_asked_to_sign_in_and_a_bad_token_is_not_nobody(
    client: TestClient, key: Headers
) -> None:
    answer = client.post("/v1/things/seals", headers=key())
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert client.get("/v1/things").status_code == 200
    bad = {"Authorization": "Bearer a.b.c"}
    assert client.get("/v1/things", headers=bad).status_code == 401
    assert client.get("/v1/things", headers={"Authorization": "Basic eDp5"}).status_code == 401


def test_powers_cannot_be_asked_of_the_public() -> None:
    with pytest.raises(ValueError, match="belong to staff"):
        asks(PUBLIC, Power.AUDIT)


def test_a_route_that_opens_works_of_its_own_needs_no_second_connection(
    settings: Settings, appoint: Callable[..., None], token: Headers
) -> None:
    appoint("single-handed")
    small = settings.model_copy(update={"pool": 1})
    with TestClient(create_app(small)) as client:
        answer = client.post("/v1/things/counts", headers=token("staff", "single-handed", **HERE))
    assert answer.status_code == 200
