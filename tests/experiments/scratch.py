"""Services on scratch databases: migrated, with keys and a token issuer of their own."""

import importlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from chassis.clock import Clock
from chassis.database import open_database
from chassis.migrate import migrate
from chassis.settings import ServiceSettings
from chassis.signing import make_key
from chassis.unit_of_work import Works
from deploy.stack.country import origin_host
from deploy.stack.databases import prepare
from deploy.stack.keys import KEYS
from kernel.authority import clockwork
from kernel.log.checkpoint import origin_of
from tests.own_database import OwnDatabases
from tests.token_issuer import TokenIssuer

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("licensing", "cadastre", "payments", "messages")


@dataclass
class Scratch:
    """A folder with a stack's keys, an issuer, and a database for each service asked for."""

    admin: str
    folder: Path
    issuer: TokenIssuer
    made: list[str] = field(default_factory=list)

    @property
    def databases(self) -> OwnDatabases:
        return OwnDatabases(self.admin, "experiments")

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    def settings(self, service: str, **more: Any) -> ServiceSettings:
        """A migrated service's settings; the cadastre is seeded with its law's places."""
        name = self.databases.make(f"{service}_")
        self.made.append(name)
        prepare(psycopg.conninfo.make_conninfo(self.admin, dbname=name), service)
        shape = importlib.import_module(f"services.{service}.settings").Settings
        if service == "messages":
            more = {"phone_client_secret": "word of the tests"} | more
        made: ServiceSettings = shape(
            mode="training",
            **self.databases.addresses(name),
            keys=self.keys,
            files=self.folder / "files",
            rulebooks=ROOT / "rulebooks",
            **self.issuer.settings(),
            **more,
        )
        migrate(made)
        if service == "cadastre":
            _seed(made)
        return made

    def app(self, settings: ServiceSettings) -> Any:
        """The service's application, as its own process would make it."""
        return importlib.import_module(f"services.{settings.service}.app").create_app(settings)

def _seed(settings: ServiceSettings) -> None:
    seed = importlib.import_module("services.cadastre.acts.seed_register").seed_register
    desk = importlib.import_module("services.cadastre.desk").Desk.open(settings)
    database = open_database(settings, Clock("training"))
    Works(database.sessions).run(clockwork("cadastre"), lambda work: seed(work, desk))
    database.close()


def issuer() -> TokenIssuer:
    """Tokens for every service, with Keycloak's addresses, that outlast an experiment."""
    return TokenIssuer(*SERVICES, under="/realms", seconds=3600)


@contextmanager
def scratch(admin: str) -> Iterator[Scratch]:
    """Databases on the server at `admin`; they and the folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cornerpost-experiment-"))
    made = Scratch(admin, folder, issuer())
    for key in KEYS:
        origin = origin_of(origin_host({}), key.service, training=True)
        make_key(made.keys, key.name, key.alg, key.purpose, origin, datetime.now(UTC))
    try:
        yield made
    finally:
        made.issuer.close()
        made.databases.drop(*made.made)
        shutil.rmtree(folder, ignore_errors=True)
