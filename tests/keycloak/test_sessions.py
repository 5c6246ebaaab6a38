"""Sessions in realm public end when the sign-in by phone says so, without any admin right."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from deploy.keycloak.sign_in import SignInFailed, refresh
from services.messages.gateways.gateway import GatewayAway
from services.messages.gateways.sessions import Sessions
from tests.keycloak.server import KeycloakUnderTest


@pytest.fixture
def sessions(keycloak: KeycloakUnderTest) -> Iterator[Sessions]:
    where = "protocol/openid-connect/logout/backchannel-logout"
    url = f"{keycloak.base_url}/realms/public/{where}"
    made = Sessions(url, keycloak.phone.issuer, "keycloak", keycloak.phone.signer, 5)
    yield made
    made.close()


def number() -> str:
    return f"+2557{secrets.randbelow(10**8):08d}"


def test_only_the_sessions_of_who_was_stopped_end_at_once(
    keycloak: KeycloakUnderTest, sessions: Sessions
) -> None:
    lost, other = number(), number()
    stopped, going_on = keycloak.miner_tokens(lost), keycloak.miner_tokens(other)
    stopped = refresh(keycloak.public, stopped)
    for _ in range(2):
        sessions.end(UUID(keycloak.phone.subscriber(lost)))
    with pytest.raises(SignInFailed, match="Session not active"):
        refresh(keycloak.public, stopped)
    assert refresh(keycloak.public, going_on).access


def test_who_never_signed_in_has_no_session_to_end(sessions: Sessions) -> None:
    assert sessions.end(UUID(int=secrets.randbits(128))) is None  # type: ignore[func-returns-value]


def test_a_logout_that_keycloak_does_not_believe_is_no_success(
    keycloak: KeycloakUnderTest, sessions: Sessions
) -> None:
    lost = number()
    tokens = keycloak.miner_tokens(lost)
    subscriber = UUID(keycloak.phone.subscriber(lost))
    for forged in (replace(sessions, issuer="http://x"), replace(sessions, audience="x")):
        with pytest.raises(GatewayAway, match="400"):
            forged.end(subscriber)
    assert refresh(keycloak.public, tokens).access
