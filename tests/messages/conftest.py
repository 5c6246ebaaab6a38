"""Messages on a real database, a served port, and the fake telecom as a process of its own."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
import uvicorn
from psycopg import sql

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from phone_client import SECRET  # noqa: E402
from post_office import (  # noqa: E402
    PostOffice,
    Telecom,
    TokenIssuer,
    eventually,
)

from chassis.migrate import migrate  # noqa: E402
from chassis.signing import make_key  # noqa: E402
from services.messages.app import create_app  # noqa: E402
from services.messages.settings import Settings  # noqa: E402

OWNER, APP = "dev_messages_owner", "dev_messages_app"


def unused_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def as_role(postgres: str, role: str, name: str) -> str:
    parts = psycopg.conninfo.conninfo_to_dict(postgres)
    return f"postgresql://{role}@{parts['host']}:{parts['port']}/{name}"


def make_database(postgres: str) -> str:
    name = f"dev_messages_{uuid4().hex[:10]}"
    with psycopg.connect(postgres, dbname="postgres", autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(7043)")
        for role, kind in ((OWNER, "login"), (APP, "login"), ("auditor", "nologin")):
            if not admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                admin.execute(sql.SQL("create role {} " + kind).format(sql.Identifier(role)))
        admin.execute("select pg_advisory_unlock(7043)")
        made = sql.SQL("create database {} owner {}")
        admin.execute(made.format(sql.Identifier(name), sql.Identifier(OWNER)))
    return name


def drop_database(postgres: str, name: str) -> None:
    with psycopg.connect(postgres, dbname="postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def issuer() -> Iterator[TokenIssuer]:
    made = TokenIssuer()
    yield made
    made.close()


@pytest.fixture
def free_port() -> int:
    return unused_port()


@pytest.fixture(scope="module")
def telecom_ports() -> tuple[int, int]:
    return unused_port(), unused_port()


@pytest.fixture(scope="module")
def telecom(
    telecom_ports: tuple[int, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Telecom]:
    told = {
        "CORNERPOST_TELECOM_PORT": str(telecom_ports[0]),
        "CORNERPOST_TELECOM_SMTP_PORT": str(telecom_ports[1]),
        "CORNERPOST_TELECOM_DATA": str(tmp_path_factory.mktemp("telecom")),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.fakes.telecom"], cwd=ROOT, env=os.environ | told
    )
    made = Telecom(f"http://127.0.0.1:{telecom_ports[0]}")
    eventually(made.up, "the telecom does not come up", 20)
    yield made
    made.http.close()
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture(scope="module")
def bare_settings(
    postgres: str,
    issuer: TokenIssuer,
    telecom_ports: tuple[int, int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:
    """A training stack's messages with an empty database and keys of its own."""
    folder, name, port = tmp_path_factory.mktemp("messages"), make_database(postgres), unused_port()
    made = Settings(
        mode="training",
        database=as_role(postgres, APP, name),
        database_owner=as_role(postgres, OWNER, name),
        port=port,
        keys=folder / "keys",
        files=folder / "files",
        rulebooks=ROOT / "rulebooks",
        country="example",
        staff_issuer=f"{issuer.url}/staff",
        public_issuer=f"{issuer.url}/public",
        staff_jwks=f"{issuer.url}/staff",
        public_jwks=f"{issuer.url}/public",
        pool=8,
        sms_url=f"http://127.0.0.1:{telecom_ports[0]}",
        smtp_port=telecom_ports[1],
        callback_url=f"http://127.0.0.1:{port}/v1/delivery/reports/sms",
        phone_issuer=f"http://127.0.0.1:{port}/phone",
        phone_client_secret=SECRET,
        calling_code="+255",
        codes_an_hour=5,
    )
    origin = "cadastre.example/messages/TRAINING"
    at = datetime.now(UTC)
    make_key(made.keys, "messages-phone", "ES256", "phone-sign-in", origin, at)
    make_key(made.keys, "messages-checkpoints", "Ed25519", "checkpoint", origin, at)
    yield made
    drop_database(postgres, name)


@pytest.fixture(scope="module")
def settings(bare_settings: Settings) -> Settings:
    migrate(bare_settings)
    return bare_settings


@pytest.fixture(scope="module")
def served(settings: Settings, issuer: TokenIssuer, telecom: Telecom) -> Iterator[PostOffice]:
    """The service, reachable by browsers and by the telecom's reports."""
    app = create_app(settings)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=settings.port, log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started, "the service does not come up", 20)
    http = httpx.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=30)
    made = PostOffice(http, settings, issuer, telecom, app)
    eventually(made.knows_both_realms, "the issuers' keys cannot be read", 20)
    yield made
    http.close()
    server.should_exit = True
    thread.join(timeout=15)
    app.state.texts.close()


@pytest.fixture
def office(served: PostOffice) -> Iterator[PostOffice]:
    """The same, with a telecom that works as it should."""
    served.telecom.clear()
    served.sql("update notice set next_try = null, next_look = null")
    yield served
    served.close_browsers()
    served.telecom.clear()
