"""Payments on a real database, a served port, and the fake operator as a process of its own."""

import os
import socket
import subprocess
import sys
import threading
import time
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

from payments_counter import Counter  # noqa: E402
from payments_world import Operator, TokenIssuer  # noqa: E402

from chassis.migrate import migrate  # noqa: E402
from chassis.signing import make_key  # noqa: E402
from services.payments.app import create_app  # noqa: E402
from services.payments.settings import Settings  # noqa: E402

OWNER, APP = "dev_payments_owner", "dev_payments_app"
KEYS = (
    ("payments-receipts", "payment-receipt", "payments"),
    ("payments-checkpoints", "checkpoint", "payments"),
    ("cadastre-statements", "ground-statement", "cadastre"),
)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def as_role(postgres: str, role: str, name: str) -> str:
    parts = psycopg.conninfo.conninfo_to_dict(postgres)
    return f"postgresql://{role}@{parts['host']}:{parts['port']}/{name}"


def make_database(postgres: str) -> str:
    name = f"dev_payments_{uuid4().hex[:10]}"
    with psycopg.connect(postgres, dbname="postgres", autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(7042)")
        for role, kind in ((OWNER, "login"), (APP, "login"), ("auditor", "nologin")):
            if not admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                admin.execute(sql.SQL("create role {} " + kind).format(sql.Identifier(role)))
        admin.execute("select pg_advisory_unlock(7042)")
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


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """The fake mobile-money operator; a payer answers after a twentieth of a second."""
    port = free_port()
    told = {
        "CORNERPOST_MOBILE_MONEY_PORT": str(port),
        "CORNERPOST_MOBILE_MONEY_DATA": str(tmp_path_factory.mktemp("operator")),
        "CORNERPOST_MOBILE_MONEY_SETTLE_AFTER": "0.05",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.fakes.mobile_money"], cwd=ROOT, env=os.environ | told
    )
    made = Operator(f"http://127.0.0.1:{port}")
    made.wait()
    yield made
    made.http.close()
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture(scope="module")
def bare_settings(
    postgres: str,
    issuer: TokenIssuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:
    """A training stack's payments with an empty database and keys of its own."""
    folder, name, port = tmp_path_factory.mktemp("payments"), make_database(postgres), free_port()
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
        provider_seconds=1.0,
        payments_an_hour=1000,
        prompts_an_hour_of_a_phone=1000,
        callback_url=f"http://127.0.0.1:{port}/v1/providers/mobile-money/callbacks",
    )
    for key, purpose, service in KEYS:
        origin = f"cadastre.example/{service}/TRAINING"
        make_key(made.keys, key, "Ed25519", purpose, origin, datetime.now(UTC))
    yield made
    drop_database(postgres, name)


@pytest.fixture(scope="module")
def settings(bare_settings: Settings, operator: Operator) -> Settings:
    made = bare_settings.model_copy(update={"mobile_money_url": operator.url})
    migrate(made)
    return made


@pytest.fixture(scope="module")
def served(settings: Settings, issuer: TokenIssuer, operator: Operator) -> Iterator[Counter]:
    """The service, reachable by the operator's callbacks."""
    app = create_app(settings)
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=settings.port, log_config=None, access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    http = httpx.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=30)
    yield Counter(http=http, settings=settings, issuer=issuer, operator=operator, app=app)
    http.close()
    server.should_exit = True
    thread.join(timeout=15)
    app.state.teller.close()


@pytest.fixture
def counter(served: Counter) -> Iterator[Counter]:
    """The same, with an operator that works as it should."""
    served.operator.clear()
    yield served
    served.operator.clear()
