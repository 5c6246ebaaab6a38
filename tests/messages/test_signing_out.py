"""Stopping a number ends the sessions begun with it, through outages, and only those."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from post_office import PostOffice

from kernel.authority import Power
from services.messages.acts.record_signed_out import record_signed_out
from services.messages.dispatch import BY, Dispatch
from services.messages.gateways.sessions import EVENT

REASON = {"reason": "Lost"}
WAITING = "select id from subscriber where signed_out_at is null and blocked_at is not null"


class KeycloakOfTests:
    """Keeps the logout tokens it is sent; answers as it is told."""

    def __init__(self) -> None:
        self.status, self.tokens = 200, list[str]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.status == 0:
            raise httpx.ConnectError("away")
        (token,) = parse_qs(request.content.decode())["logout_token"]
        self.tokens.append(token)
        return httpx.Response(self.status)


@pytest.fixture
def keycloak() -> KeycloakOfTests:
    return KeycloakOfTests()


@pytest.fixture
def dispatch(office: PostOffice, keycloak: KeycloakOfTests) -> Dispatch:
    """The worker's loops, with its door to Keycloak; it does not wait after a failure."""
    made = office.dispatch()
    http = httpx.Client(transport=httpx.MockTransport(keycloak))
    made.sessions = replace(made.sessions, http=http)
    made.stop.set()
    made.end_sessions()
    keycloak.tokens.clear()
    return made


@pytest.fixture
def stop(office: PostOffice) -> Callable[[str, str], None]:
    def post(sub: str, what: str) -> None:
        who = office.officer(Power.ASSIST_AT_COUNTER) | {"Idempotency-Key": f"{what}-{sub}"}
        path = f"/v1/subscribers/{sub}/{what}"
        assert office.http.post(path, json=REASON, headers=who).status_code == 200

    return post


@pytest.mark.parametrize("what", ["block", "release"])
def test_keycloak_is_told_once_who_is_out_and_how_it_can_believe_it(
    office: PostOffice,
    dispatch: Dispatch,
    keycloak: KeycloakOfTests,
    stop: Callable[[str, str], None],
    what: str,
) -> None:
    office.subscriber()
    sub, number = office.subscriber()
    stop(sub, what)
    assert [dispatch.end_sessions() for _ in range(2)] == [1, 0]
    (token,) = keycloak.tokens
    keys = KeySet.import_key_set(office.http.get("/phone/jwks").json())
    read = jwt.decode(token, keys, algorithms=["ES256"])
    claims = read.claims
    assert (claims["sub"], claims["aud"]) == (sub, office.settings.phone_client)
    assert (claims["iss"], claims["events"]) == (office.settings.phone_issuer, {EVENT: {}})
    assert read.header["typ"] == "logout+jwt"
    assert "nonce" not in claims
    assert number not in str(claims)


@pytest.mark.parametrize("status", [0, 400, 503])
def test_an_outage_of_keycloak_is_waited_out(
    office: PostOffice,
    dispatch: Dispatch,
    keycloak: KeycloakOfTests,
    stop: Callable[[str, str], None],
    status: int,
) -> None:
    sub, _ = office.subscriber()
    stop(sub, "block")
    keycloak.status = status
    assert dispatch.end_sessions() == 0
    assert office.sql(WAITING) == [(UUID(sub),)]
    keycloak.status = 200
    assert dispatch.end_sessions() == 1
    assert office.sql(WAITING) == []


def test_a_number_stopped_a_second_time_is_signed_out_again(
    office: PostOffice,
    dispatch: Dispatch,
    keycloak: KeycloakOfTests,
    stop: Callable[[str, str], None],
) -> None:
    sub, _ = office.subscriber()
    stop(sub, "block")
    dispatch.end_sessions()
    stop(sub, "release")
    assert dispatch.end_sessions() == 1
    assert len(keycloak.tokens) == 2


def test_who_was_not_stopped_is_not_written_down_as_signed_out(office: PostOffice) -> None:
    sub, _ = office.subscriber()
    office.works.run(BY, lambda work: record_signed_out(work, UUID(sub)))
    assert office.sql("select signed_out_at from subscriber where id = %s", sub) == [(None,)]
    assert office.sql("select 1 from journal where case_id = %s", UUID(sub)) == []
