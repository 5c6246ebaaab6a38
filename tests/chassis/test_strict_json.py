import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tiny.service import Settings, create_app

from chassis.strict_json import NotStrictJson, parse

BAD = [
    b'{"name": NaN}',
    b'{"name": Infinity}',
    b'{"name": -Infinity}',
    b'{"weight": 1e999}',
    b'{"name": "a", "name": "b"}',
    b'{"a": {"name": 1, "name": 1}}',
    b'{"name": "\\u0000"}',
    b'{"\\u0000": 1}',
    b'{"name": "\\ud800"}',
    b'{"name": "\xff"}',
    b'{"weight": 9223372036854775808}',
    b'{"weight": -9223372036854775809}',
    b'{"weight": ' + b"9" * 6000 + b"}",
    b"[" * 33 + b"]" * 33,
    b"[" * 200_000 + b"]" * 200_000,
    b'{"name": 1} 2',
    b"",
    b"\xef\xbb\xbf{}",
    b"{'name': 1}",
]


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
def test_what_two_readers_could_read_differently_is_refused(body: bytes) -> None:
    with pytest.raises(NotStrictJson):
        parse(body)


def test_the_limits_themselves_are_taken() -> None:
    assert parse(b"[" * 32 + b"]" * 32)
    assert parse(b"[9223372036854775807, -9223372036854775808, 1.5, true, null]")
    assert parse('{"name": "Ngũgĩ 🪨"}'.encode()) == {"name": "Ngũgĩ 🪨"}


@given(st.binary(max_size=60))
def test_any_bytes_are_parsed_or_refused(body: bytes) -> None:
    try:
        parsed = parse(body)
    except NotStrictJson:
        return
    assert parsed == json.loads(body)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as made:
        yield made


@pytest.mark.parametrize("body", [one for one in BAD if one], ids=range(len(BAD) - 1))
def test_the_service_refuses_it_with_a_problem(
    client: TestClient,
    token: Callable[..., dict[str, str]],
    key: Callable[[], dict[str, str]],
    body: bytes,
) -> None:
    headers = token() | key() | {"Content-Type": "application/json"}
    answer = client.post("/v1/things", content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].startswith("urn:cornerpost:problem:")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text/plain", 422),
        ("application/x-www-form-urlencoded", 422),
        ("multipart/form-data; boundary=x", 422),
        ("", 422),
        ("application/json; charset=utf-8", 201),
    ],
)
def test_only_json_is_read(
    client: TestClient,
    token: Callable[..., dict[str, str]],
    key: Callable[[], dict[str, str]],
    kind: str,
    status: int,
) -> None:
    content = ('{"name": "kind ' + kind.replace('"', "") + '"}').encode()
    headers = token() | key() | {"Content-Type": kind}
    assert client.post("/v1/things", content=content, headers=headers).status_code == status


def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    client: TestClient, token: Callable[..., dict[str, str]], key: Callable[[], dict[str, str]]
) -> None:
    body = b'{"name": "' + b"x" * 1024 * 1024 + b'"}'
    headers = token() | key() | {"Content-Type": "application/json"}
    told = client.post("/v1/things", content=body, headers=headers)
    streamed = client.post("/v1/things", content=iter([body]), headers=headers)
    assert (told.status_code, streamed.status_code) == (413, 413)
    assert told.json()["limit"] == 1024 * 1024


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/v1/things?name=%00", 422),
        ("/v1/things?name=%ff", 422),
        ("/v1/%00", 404),
        ("/v1/%ff", 404),
        ("/v1/things/%00/name", 404),
        ("/v1/log/entries?start=99999999999999999999999", 422),
        ("/v1/log/proof/inclusion?index=5&size=4", 404),
        ("/v1/nowhere", 404),
    ],
)
def test_hostile_addresses_never_make_a_mistake_of_ours(
    client: TestClient, address: str, status: int
) -> None:
    assert client.get(address).status_code == status


def test_what_was_sent_is_not_echoed(
    client: TestClient, token: Callable[..., dict[str, str]], key: Callable[[], dict[str, str]]
) -> None:
    body = {"name": 7, "<script>canary</script>": "canary"}
    answer = client.post("/v1/things", json=body, headers=token() | key())
    assert answer.status_code == 422
    assert "canary" not in answer.text
