import importlib
import os
from pathlib import Path

import pytest

from chassis.settings import ProcessSettings, UnknownSetting
from deploy.stack.environment import environment, keycloak_admin
from deploy.stack.identity import may_adopt
from deploy.stack.layout import Mode, Refused, Stack, establish
from deploy.stack.processes import FAKES, MIGRATED, OURS, Process, Ready, processes

HERE = [process for process in OURS if process.exists]


def settings_of(process: Process) -> type[ProcessSettings]:
    assert process.module is not None
    module = importlib.import_module(f"{process.module.rpartition('.')[0]}.settings")
    found: type[ProcessSettings] = module.Settings
    return found


@pytest.fixture
def stack(folder: Path) -> Stack:
    return establish(folder / "d", Mode.TRAINING, 29000)


def only(monkeypatch: pytest.MonkeyPatch, told: dict[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith("CORNERPOST_")]:
        monkeypatch.delenv(name)
    for name, value in told.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("process", HERE, ids=lambda process: process.name)
def test_every_process_understands_all_that_it_is_told(
    process: Process, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, environment(process, stack))
    settings = settings_of(process)()
    heard = settings.metrics_port if process.ready is Ready.METRICS else settings.port
    assert heard == stack.port(process.name)
    assert settings.mode == "training"
    assert settings.temporal_namespace == "training"


@pytest.mark.parametrize("process", HERE, ids=lambda process: process.name)
def test_a_misspelt_setting_stops_a_process(
    process: Process, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = settings_of(process).model_config["env_prefix"]
    only(monkeypatch, environment(process, stack) | {f"{prefix}PROT": "1"})
    with pytest.raises(UnknownSetting, match="PROT"):
        settings_of(process)()


@pytest.mark.parametrize("process", HERE, ids=lambda process: process.name)
def test_no_process_is_told_how_to_be_the_owner_of_its_tables(
    process: Process, stack: Stack
) -> None:
    told = environment(process, stack)
    assert not [name for name in told if name.endswith("_OWNER")]
    assert "_owner:" not in "".join(told.values())


@pytest.mark.parametrize("process", FAKES, ids=lambda process: process.name)
def test_the_world_outside_is_told_nothing_of_the_stack(process: Process, stack: Stack) -> None:
    prefix = f"CORNERPOST_{process.name.upper().replace('-', '_')}_"
    assert all(name.startswith(prefix) for name in environment(process, stack))


def test_given_servers_are_told_instead_of_our_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = "postgresql://app:secret@db.example:5432/licensing"
    monkeypatch.setenv("CORNERPOST_TEMPORAL", "temporal.example:7233")
    monkeypatch.setenv("CORNERPOST_KEYCLOAK", "https://sign-in.example")
    monkeypatch.setenv("CORNERPOST_DATABASE_URL_LICENSING", elsewhere)
    stack = establish(folder / "d", Mode.PRODUCTION, 29000)
    told = environment(next(p for p in OURS if p.name == "licensing"), stack)
    assert told["CORNERPOST_TEMPORAL"] == "temporal.example:7233"
    assert told["CORNERPOST_STAFF_ISSUER"] == "https://sign-in.example/realms/staff"
    assert told["CORNERPOST_DATABASE_URL_LICENSING"] == elsewhere


def test_a_slash_at_the_end_of_a_given_address_is_not_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORNERPOST_KEYCLOAK", "https://sign-in.example/auth/")
    stack = establish(folder / "d", Mode.PRODUCTION, 29000)
    told = environment(next(p for p in OURS if p.name == "licensing"), stack)
    assert told["CORNERPOST_KEYCLOAK"] == "https://sign-in.example/auth"
    assert told["CORNERPOST_PUBLIC_ISSUER"] == "https://sign-in.example/auth/realms/public"


def test_given_servers_are_not_started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORNERPOST_TEMPORAL", "temporal.example:7233")
    monkeypatch.setenv("CORNERPOST_KEYCLOAK", "https://sign-in.example")
    some = establish(folder / "some", Mode.PRODUCTION, 29000)
    assert {"temporal", "keycloak"} & {one.name for one in processes(some)} == set()
    assert "postgres" in {one.name for one in processes(some)}
    for name in MIGRATED:
        url = f"postgresql://app@db.example/{name}"
        monkeypatch.setenv(f"CORNERPOST_DATABASE_URL_{name.upper()}", url)
    every = establish(folder / "every", Mode.PRODUCTION, 29000)
    assert "postgres" not in {one.name for one in processes(every)}


def test_a_given_keycloak_is_reconciled_only_with_an_account_for_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORNERPOST_KEYCLOAK", "https://sign-in.example")
    assert keycloak_admin(establish(folder / "a", Mode.PRODUCTION, 29000)) is None
    monkeypatch.setenv("CORNERPOST_KEYCLOAK_ADMIN_CLIENT", "reconciler")
    monkeypatch.setenv("CORNERPOST_KEYCLOAK_ADMIN_SECRET", "theirs")
    account = keycloak_admin(establish(folder / "b", Mode.PRODUCTION, 29000))
    assert account is not None
    assert (account.client_id, account.secret) == ("reconciler", "theirs")


@pytest.mark.parametrize(
    ("said", "adopts"), [(None, False), ("no", False), ("yes", True), ("perhaps", None)]
)
def test_realms_of_a_given_keycloak_are_adopted_only_when_the_operator_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, said: str | None, adopts: bool | None
) -> None:
    monkeypatch.setenv("CORNERPOST_KEYCLOAK", "https://sign-in.example")
    if said is not None:
        monkeypatch.setenv("CORNERPOST_KEYCLOAK_ADOPT", said)
    stack = establish(folder / "d", Mode.PRODUCTION, 29000)
    if adopts is None:
        with pytest.raises(Refused, match="CORNERPOST_KEYCLOAK_ADOPT"):
            may_adopt(stack)
    else:
        assert may_adopt(stack) is adopts
