"""Messages on a real database, a served port, and the fake telecom as a process of its own."""

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

from phone_client import SECRET  # noqa: E402
from post_office import PostOffice, Telecom  # noqa: E402

from chassis.migrate import migrate  # noqa: E402
from chassis.signing import make_key  # noqa: E402
from services.messages.app import create_app  # noqa: E402
from services.messages.settings import Settings  # noqa: E402
from tests.own_database import OwnDatabases  # noqa: E402
from tests.served import eventually, free_port, served_on  # noqa: E402
from tests.token_issuer import TokenIssuer  # noqa: E402


@pytest.fixture(scope="module")
def issuer() -> Iterator[TokenIssuer]:
    made = TokenIssuer("messages")
    yield made
    made.close()


@pytest.fixture(scope="module")
def telecom_ports() -> tuple[int, int]:
    return free_port(), free_port()


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
    databases = OwnDatabases(postgres, "messages")
    folder, name, port = tmp_path_factory.mktemp("messages"), databases.make(), free_port()
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
        sms_url=f"http://127.0.0.1:{telecom_ports[0]}",
        smtp_host="127.0.0.1",
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
    databases.drop(name)


@pytest.fixture(scope="module")
def settings(bare_settings: Settings) -> Settings:
    migrate(bare_settings)
    return bare_settings


@pytest.fixture(scope="module")
def served(settings: Settings, issuer: TokenIssuer, telecom: Telecom) -> Iterator[PostOffice]:
    """The service, reachable by browsers and by the telecom's reports."""
    app = create_app(settings)
    with served_on(settings.port, app) as url, httpx.Client(base_url=url, timeout=30) as http:
        made = PostOffice(http, settings, issuer, telecom, app)
        eventually(made.knows_both_realms, "the issuers' keys cannot be read", 20)
        yield made
    app.state.texts.close()


@pytest.fixture
def office(served: PostOffice) -> Iterator[PostOffice]:
    """The same, with a telecom that works as it should."""
    served.telecom.clear()
    served.sql("update notice set next_try = null, next_look = null")
    yield served
    served.close_browsers()
    served.telecom.clear()
