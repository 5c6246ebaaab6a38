"""The fixture `keycloak`: one real server for all tests of this folder."""

from collections.abc import Iterator

import pytest

from deploy.keycloak.sign_in import Browser
from tests.keycloak.server import KeycloakUnderTest, running_keycloak


@pytest.fixture(scope="session")
def keycloak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeycloakUnderTest]:
    """A running Keycloak with both realms and the officers of `server.PEOPLE`."""
    with running_keycloak(tmp_path_factory.mktemp("keycloak")) as running:
        yield running


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Somebody's browser, with nothing in it yet."""
    with Browser() as one:
        yield one
