"""The fixture `keycloak`: one real server for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.keycloak.sign_in import Browser
from tests.keycloak.server import KeycloakUnderTest, running_keycloak

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all of them: they share a server, and an officer signs in at one place."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("keycloak"))


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
