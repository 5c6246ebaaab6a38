"""Licensing on a real database, with an issuer of tokens and a cadastre that signs statements."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from starlette.testclient import TestClient

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from licensing_office import OfficeOfTests, TokenIssuer  # noqa: E402
from played_case import PlayedCase, play  # noqa: E402

from chassis.migrate import migrate  # noqa: E402
from chassis.signing import make_key  # noqa: E402
from services.licensing.app import create_app  # noqa: E402
from services.licensing.settings import Settings  # noqa: E402

OWNER, APP = "dev_licensing_owner", "dev_licensing_app"
KEYS = (
    ("licensing-receipts", "Ed25519", "receipt", "licensing"),
    ("licensing-verifications", "Ed25519", "verification-statement", "licensing"),
    ("licensing-checkpoints", "Ed25519", "checkpoint", "licensing"),
    ("licensing-qr", "ES256", "qr", "licensing"),
    ("cadastre-statements", "Ed25519", "ground-statement", "cadastre"),
)


def as_role(postgres: str, role: str, name: str) -> str:
    parts = psycopg.conninfo.conninfo_to_dict(postgres)
    return f"postgresql://{role}@{parts['host']}:{parts['port']}/{name}"


@pytest.fixture(scope="module")
def database_name(postgres: str) -> Iterator[str]:
    name = f"dev_licensing_{uuid4().hex[:10]}"
    with psycopg.connect(postgres, dbname="postgres", autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(7041)")
        for role, kind in ((OWNER, "login"), (APP, "login"), ("auditor", "nologin")):
            if not admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                admin.execute(sql.SQL("create role {} " + kind).format(sql.Identifier(role)))
        admin.execute("select pg_advisory_unlock(7041)")
        made = sql.SQL("create database {} owner {}")
        admin.execute(made.format(sql.Identifier(name), sql.Identifier(OWNER)))
    yield name
    with psycopg.connect(postgres, dbname="postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def issuer() -> Iterator[TokenIssuer]:
    made = TokenIssuer()
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
        database=as_role(postgres, APP, database_name),
        database_owner=as_role(postgres, OWNER, database_name),
        keys=folder / "keys",
        files=folder / "files",
        rulebooks=HERE.parents[1] / "rulebooks",
        country="example",
        staff_issuer=f"{issuer.url}/staff",
        public_issuer=f"{issuer.url}/public",
        staff_jwks=f"{issuer.url}/staff",
        public_jwks=f"{issuer.url}/public",
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
    with TestClient(app, raise_server_exceptions=True) as client:
        yield OfficeOfTests(client=client, settings=settings, issuer=issuer, app=app)


@pytest.fixture(scope="module")
def issued(office: OfficeOfTests) -> PlayedCase:
    """A case that went all the way to its certificate."""
    case = play(office).decided_up_to()
    case.issue()
    return case.go_on()
