"""A portal with a real database, before a Keycloak that answers as the test says."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from keycloak_of_tests import KeycloakOfTests
from portal_of_tests import settings
from visitor_of_tests import Around, Visitor

from chassis.migrate import migrate
from portal.settings import Settings
from tests.own_database import OwnDatabases


@pytest.fixture(scope="session")
def bare_settings(postgres: str) -> Iterator[Settings]:
    """An empty database."""
    databases = OwnDatabases(postgres, "portal")
    name = databases.make()
    yield settings(**databases.addresses(name))
    databases.drop(name)


@pytest.fixture(scope="session")
def issuer() -> Iterator[KeycloakOfTests]:
    made = KeycloakOfTests()
    yield made
    made.close()


@pytest.fixture(scope="session")
def kept(
    bare_settings: Settings, issuer: KeycloakOfTests, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """A database at its head; nobody has signed in yet."""
    migrate(bare_settings)
    keys = tmp_path_factory.mktemp("portal-keys")
    return bare_settings.model_copy(update=issuer.settings() | {"keys": keys})


@pytest.fixture
def around(kept: Settings, issuer: KeycloakOfTests) -> Iterator[Around]:
    made = Around(kept, issuer)
    yield made
    made.close()


@pytest.fixture
def visitor(around: Around) -> Visitor:
    """Somebody's browser, with nothing in it yet."""
    return around.visitor()
