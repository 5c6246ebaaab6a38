import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from tiny.service import Settings, create_app

from chassis.journal import events_between
from chassis.unit_of_work import Works
from kernel.authority import clockwork

Headers = Callable[..., dict[str, str]]


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as made:
        yield made


def test_a_thing_is_made_once_and_its_repeat_gets_the_same_bytes(
    client: TestClient, token: Headers, key: Headers
) -> None:
    headers, name = token() | key(), str(uuid4())
    first = client.post("/v1/things", json={"name": name}, headers=headers)
    again = client.post("/v1/things", json={"name": name}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert client.get("/v1/things", params={"name": name}).json() == {"things": 1}


def test_the_same_key_with_another_body_is_refused(
    client: TestClient, token: Headers, key: Headers
) -> None:
    headers = token() | key()
    client.post("/v1/things", json={"name": str(uuid4())}, headers=headers)
    other = client.post("/v1/things", json={"name": str(uuid4())}, headers=headers)
    assert other.status_code == 422
    assert other.json()["type"] == "urn:cornerpost:problem:key-used-before"


def test_another_persons_same_key_is_another_key(
    client: TestClient, token: Headers, key: Headers
) -> None:
    shared = key()
    for sub in ("p1", "p2"):
        body = {"name": str(uuid4())}
        made = client.post("/v1/things", json=body, headers=token("public", sub) | shared)
        assert made.status_code == 201
        assert made.json()["name"] == body["name"]


def test_a_refusal_is_not_stored(client: TestClient, token: Headers, key: Headers) -> None:
    name, headers = str(uuid4()), token() | key()
    made = client.post("/v1/things", json={"name": name}, headers=token() | key()).json()
    refused = client.post("/v1/things", json={"name": name}, headers=headers)
    assert (refused.status_code, refused.json()["title"]) == (409, "Another thing has this name")
    seen = token() | key() | {"If-Match": '"1"'}
    client.post(f"/v1/things/{made['id']}/name", json={"name": str(uuid4())}, headers=seen)
    assert client.post("/v1/things", json={"name": name}, headers=headers).status_code == 201


def test_concurrent_twins_have_one_effect_and_equal_answers(
    client: TestClient, token: Headers, key: Headers
) -> None:
    headers, body = token() | key(), {"name": str(uuid4())}
    start = threading.Barrier(8)

    def send(_: int) -> tuple[int, bytes]:
        start.wait()
        answer = client.post("/v1/things", json=body, headers=headers)
        return answer.status_code, answer.content

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201


def test_a_stale_page_gets_the_present_state(
    client: TestClient, token: Headers, key: Headers
) -> None:
    made = client.post("/v1/things", json={"name": str(uuid4())}, headers=token() | key()).json()
    address, body = f"/v1/things/{made['id']}/name", {"name": str(uuid4())}
    missing = client.post(address, json=body, headers=token() | key())
    assert missing.status_code == 428
    stale = client.post(address, json=body, headers=token() | key() | {"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["version"]) == (412, 1)


def test_the_powers_are_published(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert paths["/v1/things/seals"]["post"]["x-powers"] == {
        "who": "staff",
        "step_up": True,
        "any_of": ["audit"],
    }


def test_the_service_is_ready_and_counts(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"alive": True}
    ready = {"service": "messages", "mode": "training", "lacking": []}
    assert client.get("/readyz").json() == ready
    client.get("/v1/things")
    assert 'route="/v1/things"' in client.get("/metrics").text


def test_the_callers_trace_goes_into_the_journal_and_the_event(
    client: TestClient, token: Headers, key: Headers, works: Works
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    sent = token() | key() | {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    made = client.post("/v1/things", json={"name": str(uuid4())}, headers=sent).json()
    with works.open(clockwork("messages")) as work:
        (event,) = events_between(work.session, UUID(made["id"]))
        told = text("select event ->> 'trace' from outbox where subject = :id")
        outbox_trace = work.session.execute(told, {"id": made["id"]}).scalar_one()
    assert event.trace == outbox_trace
    assert event.trace.split("-")[1] == trace
    assert event.actor_kind == "applicant"
