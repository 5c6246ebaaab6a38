"""A real register: PostGIS with its guarantee, seeded from the example rulebook."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from psycopg import sql
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent))

from cadastre_door import copies, just_signed_in
from cadastre_ground import WORK, Register
from cadastre_map import Drawn, See, address, decode, opened
from cadastre_stack import (
    APP,
    OWNER,
    TEMPLATE,
    admin,
    create,
    drop,
    prepared,
    settings_for,
)

import chassis.app
from chassis.appointments import copy_appointment
from chassis.clock import Clock
from chassis.database import Database, open_database
from chassis.migrate import migrate
from chassis.signing import make_key
from chassis.unit_of_work import Works
from kernel.authority import clockwork
from services.cadastre.acts.seed_register import seed_register
from services.cadastre.app import create_app
from services.cadastre.desk import Desk
from services.cadastre.settings import Settings


@pytest.fixture(scope="session")
def roles() -> None:
    with admin() as door:
        for role, may in ((OWNER, "login"), (APP, "login"), ("auditor", "nologin")):
            if not door.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                door.execute(sql.SQL(f"create role {{}} {may}").format(sql.Identifier(role)))


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stack") / "keys"
    for name, purpose in (
        ("cadastre-statements", "ground-statement"), ("cadastre-checkpoints", "checkpoints"),
    ):
        origin = "cornerpost/example/cadastre/TRAINING"
        make_key(folder, name, "Ed25519", purpose, origin, datetime.now(UTC))
    return folder


@pytest.fixture(scope="session")
def desk(keys: Path) -> Desk:
    return Desk.open(settings_for("none", keys))


@pytest.fixture(scope="session")
def template(roles: None, keys: Path, desk: Desk) -> Iterator[str]:
    """Migrated and seeded once; each module gets a copy."""
    prepared(TEMPLATE)
    settings = settings_for(TEMPLATE, keys)
    migrate(settings)
    database = open_database(settings, Clock("training"))
    Works(database.sessions).run(clockwork("cadastre"), lambda work: seed_register(work, desk))
    database.close()
    yield TEMPLATE
    drop(TEMPLATE)


@pytest.fixture(scope="module")
def settings(template: str, keys: Path) -> Iterator[Settings]:
    name = f"dev_cadastre_{uuid4().hex[:10]}"
    create(name, template)
    yield settings_for(name, keys)
    drop(name)


@pytest.fixture(scope="module")
def database(settings: Settings) -> Iterator[Database]:
    made = open_database(settings, Clock("training"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def register(database: Database, desk: Desk) -> Register:
    return Register(database, desk)


@pytest.fixture(scope="module")
def app(settings: Settings, database: Database, register: Register) -> FastAPI:
    """Tokens are checked by the chassis and its tests; here a token is the name of its bearer."""
    for copy in copies():
        register.works.run(WORK, lambda work, copy=copy: copy_appointment(work, copy))
    with pytest.MonkeyPatch.context() as patch:
        bearers = SimpleNamespace(actor=just_signed_in)
        patch.setattr(chassis.app, "tokens_of", lambda *_: bearers)
        open_door = settings.model_copy(update={"checks_a_minute": 100_000})
        return create_app(open_door, database=database)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def open_desk(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk whose law shows pending applications from its second edition on."""
    rulebooks = opened(tmp_path_factory.mktemp("rulebooks"))
    return Desk.open(settings_for("none", keys).model_copy(update={"rulebooks": rulebooks}))


@pytest.fixture(scope="module")
def shown(register: Register, open_desk: Desk) -> Register:
    """The register under the law that shows pending applications."""
    return replace(register, desk=open_desk)


@pytest.fixture(scope="module")
def map_client(app: FastAPI, open_desk: Desk) -> TestClient:
    app.state.desk = open_desk
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def see(map_client: TestClient, tmp_path: Path) -> See:
    """What a tile draws."""

    def seen(layer: str, z: int, x: int, y: int, **more: Any) -> list[Drawn]:
        answer = map_client.get(address(layer, z, x, y), **more)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
        return decode(answer.content, z, x, y, tmp_path)

    return seen
