import json
from pathlib import Path

import pytest

from deploy.stack.commands import command, temporal_server
from deploy.stack.layout import Mode, Stack, establish
from deploy.stack.processes import FOREIGN, processes
from deploy.temporal.config import PortTooHigh, document, switches, write_config


def stack(folder: Path, mode: Mode, base: int = 29000) -> Stack:
    return establish(folder / mode, mode, base)


def test_only_a_training_stack_can_skip_time_and_only_in_its_namespace(folder: Path) -> None:
    training = temporal_server(stack(folder, Mode.TRAINING))
    production = temporal_server(stack(folder, Mode.PRODUCTION))
    allowed = switches(training.skipping)["frontend.WorkflowTimeSkippingEnabled"]
    assert allowed == [{"value": True, "constraints": {"namespace": "training"}}]
    assert not [name for name in switches(production.skipping) if "Skipping" in name]


def test_a_country_has_room_to_grow_and_a_training_stack_is_small(folder: Path) -> None:
    assert temporal_server(stack(folder, Mode.PRODUCTION)).shards == 512
    assert temporal_server(stack(folder, Mode.TRAINING)).shards == 4


def test_the_server_listens_on_loopback_only(folder: Path) -> None:
    told = document(temporal_server(stack(folder, Mode.TRAINING)), folder / "d.yaml")
    services = told["services"]
    assert isinstance(services, dict)
    assert {part: one["rpc"]["bindOnLocalHost"] for part, one in services.items()} == dict.fromkeys(
        ("frontend", "history", "matching", "worker"), True
    )


def test_a_port_base_beyond_what_temporal_can_keep_is_refused(folder: Path) -> None:
    server = temporal_server(stack(folder, Mode.TRAINING, base=40000))
    with pytest.raises(PortTooHigh, match="lower --port-base"):
        write_config(server, folder)


def test_the_configuration_with_its_password_is_its_owners_only(folder: Path) -> None:
    path = write_config(temporal_server(stack(folder, Mode.TRAINING)), folder)
    assert path.stat().st_mode & 0o077 == 0
    assert json.loads(path.read_text())["persistence"]["numHistoryShards"] == 4


def test_no_command_line_holds_a_secret(folder: Path) -> None:
    one = stack(folder, Mode.TRAINING)
    secrets = [path.read_text() for path in one.secrets.iterdir() if path.suffix != ".json"]
    lines = [" ".join(command(process, one)) for process in (*processes(one), *FOREIGN)]
    assert not [line for line in lines for secret in secrets if secret in line]
