"""Services on scratch databases: migrated, with keys and a token issuer of their own."""

import importlib
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from joserfc import jwt
from joserfc.jwk import ECKey
from psycopg import sql

from chassis.clock import Clock
from chassis.database import open_database
from chassis.migrate import migrate
from chassis.settings import ServiceSettings
from chassis.signing import make_key
from chassis.unit_of_work import Works
from deploy.stack.databases import prepare
from deploy.stack.keys import COUNTRY_HOST, KEYS
from kernel.authority import Power, clockwork
from kernel.log.checkpoint import origin_of

ROOT = Path(__file__).resolve().parents[2]
OWNER, APP = "dev_experiments_owner", "dev_experiments_app"
SERVICES = ("licensing", "cadastre", "payments", "messages")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
KEYSET = "/protocol/openid-connect/certs"


class TokenIssuer:
    """Both realms of a token issuer, with one key and Keycloak's addresses."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
        told = json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        serve = {"poll_interval": 0.05}
        threading.Thread(target=self.server.serve_forever, kwargs=serve, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def token(self, realm: str, sub: str, **claims: Any) -> str:
        now = int(time.time())
        told = {
            "iss": f"{self.url}/realms/{realm}",
            "sub": sub,
            "aud": list(SERVICES),
            "azp": "portal" if realm == "staff" else "portal-public",
            "typ": "Bearer",
            "exp": now + 3600,
            "iat": now,
            "auth_time": now,
            "acr": "2" if realm == "staff" else "1",
        }
        return jwt.encode({"alg": "ES256", "kid": "k1"}, told | claims, self.key)

    def headers(self, realm: str, sub: str, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(realm, sub, **claims)}"}


@dataclass
class Scratch:
    """A folder with a stack's keys, an issuer, and a database for each service asked for."""

    admin: str
    folder: Path
    issuer: TokenIssuer
    made: list[str] = field(default_factory=list)

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    def settings(self, service: str, **more: Any) -> ServiceSettings:
        """A migrated service's settings; the cadastre is seeded with its law's places."""
        name = self._database(service)
        shape = importlib.import_module(f"services.{service}.settings").Settings
        realms = f"{self.issuer.url}/realms"
        if service == "messages":
            more = {"phone_client_secret": "word of the tests"} | more
        made: ServiceSettings = shape(
            mode="training",
            database=self._url(APP, name),
            database_owner=self._url(OWNER, name),
            keys=self.keys,
            files=self.folder / "files",
            rulebooks=ROOT / "rulebooks",
            staff_issuer=f"{realms}/staff",
            public_issuer=f"{realms}/public",
            **more,
        )
        migrate(made)
        if service == "cadastre":
            _seed(made)
        return made

    def app(self, settings: ServiceSettings) -> Any:
        """The service's application, as its own process would make it."""
        return importlib.import_module(f"services.{settings.service}.app").create_app(settings)

    def _database(self, service: str) -> str:
        name = f"dev_experiments_{service}_{uuid4().hex[:10]}"
        with psycopg.connect(self.admin, dbname="postgres", autocommit=True) as door:
            door.execute("select pg_advisory_lock(7049)")
            for role, kind in ((OWNER, "login"), (APP, "login"), ("auditor", "nologin")):
                found = door.execute("select 1 from pg_roles where rolname = %s", [role])
                if found.fetchone() is None:
                    door.execute(sql.SQL("create role {} " + kind).format(sql.Identifier(role)))
            door.execute("select pg_advisory_unlock(7049)")
            words = sql.SQL("create database {} owner {}")
            door.execute(words.format(sql.Identifier(name), sql.Identifier(OWNER)))
        self.made.append(name)
        prepare(psycopg.conninfo.make_conninfo(self.admin, dbname=name), service)
        return name

    def _url(self, role: str, name: str) -> str:
        parts = psycopg.conninfo.conninfo_to_dict(self.admin)
        return f"postgresql://{role}@{parts['host']}:{parts['port']}/{name}"


def _seed(settings: ServiceSettings) -> None:
    seed = importlib.import_module("services.cadastre.acts.seed_register").seed_register
    desk = importlib.import_module("services.cadastre.desk").Desk.open(settings)
    database = open_database(settings, Clock("training"))
    Works(database.sessions).run(clockwork("cadastre"), lambda work: seed(work, desk))
    database.close()


@contextmanager
def scratch(admin: str) -> Iterator[Scratch]:
    """Databases on the server at `admin`; they and the folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cornerpost-experiment-"))
    made = Scratch(admin, folder, TokenIssuer())
    for key in KEYS:
        origin = origin_of(COUNTRY_HOST, key.service, training=True)
        make_key(made.keys, key.name, key.alg, key.purpose, origin, datetime.now(UTC))
    try:
        yield made
    finally:
        made.issuer.close()
        with psycopg.connect(admin, dbname="postgres", autocommit=True) as door:
            for name in made.made:
                door.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
        shutil.rmtree(folder, ignore_errors=True)


def as_owner(settings: ServiceSettings, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask a service's database as its owner."""
    address = settings.database_owner or settings.database
    with psycopg.connect(address.get_secret_value(), autocommit=True) as door:
        done = door.execute(statement, values)
        return done.fetchall() if done.description else []


def appoint(
    settings: ServiceSettings, person: str, agency: str, office: str, *powers: Power
) -> None:
    """A live appointment, as if it had been proposed and approved long ago."""
    as_owner(
        settings,
        "insert into appointment (id, person, agency, office, powers, since, version)"
        " values (%s, %s, %s, %s, %s, %s, 1)",
        uuid4(), person, agency, office, [power.value for power in powers], LONG_AGO,
    )
