"""A real database for each module, an issuer with a key of its own, and a service of two things."""

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from psycopg import sql

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from tiny.service import Settings  # noqa: E402

from chassis.database import Database, open_database  # noqa: E402
from chassis.migrate import migrate  # noqa: E402
from chassis.signing import make_key  # noqa: E402
from chassis.unit_of_work import Works  # noqa: E402

ADMIN = os.environ.get("CORNERPOST_TEST_ADMIN_URL", "postgresql://postgres@127.0.0.1:25432/")
OWNER, APP = "dev_chassis_owner", "dev_chassis_app"


def _url(user: str, name: str) -> str:
    parts = psycopg.conninfo.conninfo_to_dict(ADMIN)
    return f"postgresql://{user}@{parts['host']}:{parts['port']}/{name}"


@pytest.fixture(scope="module")
def database_name() -> Iterator[str]:
    """An empty database with PostGIS absent: the chassis needs none."""
    name = f"dev_chassis_{uuid4().hex[:10]}"
    with psycopg.connect(ADMIN, dbname="postgres", autocommit=True) as admin:
        for role in (OWNER, APP, "auditor"):
            with contextlib.suppress(
                psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation
            ):
                admin.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        admin.execute(
            sql.SQL("create database {} owner {}").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
        )
    yield name
    with psycopg.connect(ADMIN, dbname="postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def admin_url() -> str:
    return ADMIN


@pytest.fixture(scope="module")
def database_url(database_name: str) -> str:
    return _url(APP, database_name)


@pytest.fixture(scope="module")
def owner_url(database_name: str) -> str:
    return _url(OWNER, database_name)


class Issuer:
    """A token issuer like Keycloak's, with its own keys and a door that can be shut."""

    def __init__(self) -> None:
        self.keys: dict[str, ECKey] = {}
        self.asked = 0
        self.away = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        self.rotate("first")

    def rotate(self, kid: str) -> None:
        self.keys[kid] = ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += 1
                self.send_response(503 if issuer.away else 200)
                self.end_headers()
                found = [key.as_dict(private=False) for key in issuer.keys.values()]
                self.wfile.write(json.dumps({"keys": found}).encode())

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Door

    def claims(self, realm: str, sub: str, **other: Any) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": f"{self.url}/{realm}",
            "sub": sub,
            "aud": ["messages"],
            "azp": "portal" if realm == "staff" else "portal-public",
            "typ": "Bearer",
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "acr": "2",
            **other,
        }

    def token(
        self, realm: str = "public", sub: str = "p1", kid: str = "first", **other: Any
    ) -> str:
        header = {"alg": "ES256", "kid": kid}
        return jwt.encode(header, self.claims(realm, **{"sub": sub, **other}), self.keys[kid])


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def module_issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def settings(
    database_url: str,
    owner_url: str,
    module_issuer: Issuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """A migrated training stack's service with keys and files of its own."""
    folder = tmp_path_factory.mktemp("stack")
    made = Settings(
        mode="training",
        database=database_url,
        database_owner=owner_url,
        keys=folder / "keys",
        files=folder / "files",
        staff_issuer=f"{module_issuer.url}/staff",
        public_issuer=f"{module_issuer.url}/public",
        staff_jwks=f"{module_issuer.url}/staff",
        public_jwks=f"{module_issuer.url}/public",
        pool=5,
    )
    make_key(
        made.keys,
        "messages-checkpoints",
        "Ed25519",
        "checkpoints",
        "cornerpost/example/messages/TRAINING",
        datetime.now(UTC),
    )
    migrate(made, HERE / "tiny" / "migrations")
    return made


@pytest.fixture
def token(module_issuer: Issuer) -> Callable[..., dict[str, str]]:
    """Headers of a signed-in person: `token("public", "p1")`."""

    def headers(realm: str = "public", sub: str = "p1", **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {module_issuer.token(realm, sub, **claims)}"}

    return headers


@pytest.fixture
def key() -> Callable[[], dict[str, str]]:
    """A fresh idempotency key."""
    return lambda: {"Idempotency-Key": str(uuid4())}


@pytest.fixture
def hand() -> "Hand":
    return Hand()


class Hand:
    """A clock in the hand: stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = open_database(settings)
    yield opened
    opened.close()


@pytest.fixture
def works(database: Database) -> Works:
    return Works(database.sessions)
