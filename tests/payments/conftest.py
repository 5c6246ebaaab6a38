"""Payments on a real database, a served port, and the fake operator as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from payments_counter import Counter  # noqa: E402
from payments_world import Operator  # noqa: E402

from chassis.migrate import migrate  # noqa: E402
from chassis.signing import make_key  # noqa: E402
from services.payments.app import create_app  # noqa: E402
from services.payments.settings import Settings  # noqa: E402
from tests.own_database import OwnDatabases  # noqa: E402
from tests.served import free_port, served_on  # noqa: E402
from tests.token_issuer import TokenIssuer  # noqa: E402

KEYS = (
    ("payments-receipts", "payment-receipt", "payments"),
    ("payments-checkpoints", "checkpoint", "payments"),
    ("cadastre-statements", "ground-statement", "cadastre"),
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[TokenIssuer]:
    made = TokenIssuer("payments")
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
    databases = OwnDatabases(postgres, "payments")
    folder, name, port = tmp_path_factory.mktemp("payments"), databases.make(), free_port()
    made = Settings(
        mode="training",
        **databases.addresses(name),
        port=port,
        keys=folder / "keys",
        files=folder / "files",
        rulebooks=ROOT / "rulebooks",
        country="example",
        **issuer.settings(),
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
    databases.drop(name)


@pytest.fixture(scope="module")
def settings(bare_settings: Settings, operator: Operator) -> Settings:
    made = bare_settings.model_copy(update={"mobile_money_url": operator.url})
    migrate(made)
    return made


@pytest.fixture(scope="module")
def served(settings: Settings, issuer: TokenIssuer, operator: Operator) -> Iterator[Counter]:
    """The service, reachable by the operator's callbacks."""
    app = create_app(settings)
    with served_on(settings.port, app) as url, httpx.Client(base_url=url, timeout=30) as http:
        yield Counter(http=http, settings=settings, issuer=issuer, operator=operator, app=app)
    app.state.teller.close()


@pytest.fixture
def counter(served: Counter) -> Iterator[Counter]:
    """The same, with an operator that works as it should."""
    served.operator.clear()
    yield served
    served.operator.clear()
