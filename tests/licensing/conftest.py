"""Licensing on a real database, with an issuer of tokens and a cadastre that signs statements."""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from starlette.testclient import TestClient

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from accounts_of_tests import AccountsOfTests  # noqa: E402
from licensing_office import OfficeOfTests  # noqa: E402
from many_cases import ManyCases  # noqa: E402
from played_case import PlayedCase, play  # noqa: E402

from chassis.migrate import migrate  # noqa: E402
from chassis.signing import make_key  # noqa: E402
from services.licensing.app import create_app  # noqa: E402
from services.licensing.settings import Settings  # noqa: E402
from tests.own_database import OwnDatabases  # noqa: E402
from tests.token_issuer import TokenIssuer  # noqa: E402

KEYS = (
    ("licensing-receipts", "Ed25519", "receipt", "licensing"),
    ("licensing-verifications", "Ed25519", "verification-statement", "licensing"),
    ("licensing-checkpoints", "Ed25519", "checkpoint", "licensing"),
    ("licensing-qr", "ES256", "qr", "licensing"),
    ("cadastre-statements", "Ed25519", "ground-statement", "cadastre"),
)


@pytest.fixture(scope="module")
def database_name(postgres: str) -> Iterator[str]:
    databases = OwnDatabases(postgres, "licensing")
    name = databases.make()
    yield name
    databases.drop(name)


@pytest.fixture(scope="module")
def issuer() -> Iterator[TokenIssuer]:
    made = TokenIssuer("licensing")
    yield made
    made.close()


@pytest.fixture(scope="module")
def settings(
    postgres: str,
    database_name: str,
    issuer: TokenIssuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """A migrated training stack's licensing, with keys and files of its own."""
    folder = tmp_path_factory.mktemp("licensing")
    made = Settings(
        mode="training",
        **OwnDatabases(postgres, "licensing").addresses(database_name),
        keys=folder / "keys",
        files=folder / "files",
        rulebooks=HERE.parents[1] / "rulebooks",
        country="example",
        **issuer.settings(),
        pool=20,
        portal_address="testclient",
    )
    for name, alg, purpose, service in KEYS:
        origin = f"cadastre.example/{service}/TRAINING"
        make_key(made.keys, name, alg, purpose, origin, datetime.now(UTC))
    migrate(made)
    return made


@pytest.fixture(scope="module")
def office(settings: Settings, issuer: TokenIssuer) -> Iterator[OfficeOfTests]:
    """The service with everybody who stands before it: applicants, officers, the cadastre."""
    app = create_app(settings)
    app.state.accounts = AccountsOfTests()
    with TestClient(app, raise_server_exceptions=True) as client:
        yield OfficeOfTests(client=client, settings=settings, issuer=issuer, app=app)


@pytest.fixture(scope="module")
def issued(office: OfficeOfTests) -> PlayedCase:
    """A case that went all the way to its certificate."""
    case = play(office).decided_up_to()
    case.issue()
    return case.go_on()


@pytest.fixture(scope="module")
def many(office: OfficeOfTests, issued: PlayedCase, seed: int) -> Iterator[ManyCases]:
    """Sixty more cases, of every kind, for what is counted."""
    address = office.settings.database_owner
    assert address is not None
    with psycopg.connect(address.get_secret_value(), autocommit=True) as door:
        made = ManyCases(office, issued, random.Random(seed), door)
        made.make(60)
        yield made
