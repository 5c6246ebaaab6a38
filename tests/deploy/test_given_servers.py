"""A server that runs elsewhere and cannot be reached is named, with the variable that named it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cli.main import run
from deploy.stack.layout import Refused, Stack
from deploy.stack.resurrection import Resurrection
from deploy.stack.training_clock import TrainingClock
from tests.served import free_port


@pytest.mark.parametrize(
    ("name", "scheme"), [("CORNERPOST_TEMPORAL", ""), ("CORNERPOST_KEYCLOAK", "http://")]
)
def test_up_names_it_before_it_starts_anything(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    scheme: str,
) -> None:
    address = f"{scheme}127.0.0.1:{free_port()}"
    monkeypatch.setenv(name, address)
    where = ["--data", str(folder / "d"), "--port-base", "29000"]
    assert run(["up", "--training", *where]) == 1
    said = capsys.readouterr().err
    server = name.removeprefix("CORNERPOST_").capitalize()
    assert said.startswith(f"No {server} answers at {address}, which {name} names: ")
    assert not (folder / "d" / "run" / "supervisor.sock").exists()


@pytest.mark.parametrize(
    "asked",
    [
        lambda stack: TrainingClock(stack).forward(
            TrainingClock(stack).now() + timedelta(minutes=1)
        ),
        lambda stack: Resurrection(stack).everything(),
    ],
)
def test_clock_and_resurrection_name_a_temporal_that_is_away(
    stack: Stack, asked: Callable[[Stack], None]
) -> None:
    away = f"127.0.0.1:{free_port()}"
    elsewhere = replace(stack, given={**stack.given, "CORNERPOST_TEMPORAL": away})
    with pytest.raises(Refused, match=f"No Temporal answers at {away}, which CORNERPOST_TEMPORAL"):
        asked(elsewhere)
