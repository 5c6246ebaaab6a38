"""The compose file and the image say what the programs say; no daemon is asked."""

import importlib.util
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from ruamel.yaml import YAML
from typer.core import TyperGroup

from cli.main import app
from deploy import ports
from deploy.setup.debian import RUNNING, TESTING
from deploy.stack.layout import ROOT, Mode, Stack
from deploy.stack.listening import EVERYWHERE, LISTEN, is_door
from deploy.stack.processes import processes

DEPLOY = ROOT / "deploy"
STEP = re.compile(r"^([A-Z]+) ((?:.*\\\n)*.*)$", re.MULTILINE)
IMAGE = re.compile(r"[a-z0-9-]+(:[a-z0-9.-]+)?")
"""A name without a host and without a path."""


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = YAML(typ="safe").load(DEPLOY / "compose.yaml")["services"]
    return found


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    """The image's steps: word and rest, in their order."""
    text = "\n".join(
        line for line in (DEPLOY / "Dockerfile").read_text().splitlines()
        if not line.startswith("#")
    )
    return [(word, rest.replace("\\\n", " ").strip()) for word, rest in STEP.findall(text)]


def of(steps: list[tuple[str, str]], word: str) -> list[str]:
    return [rest for found, rest in steps if found == word]


def environment(steps: list[tuple[str, str]]) -> dict[str, str]:
    pairs = [pair.partition("=") for rest in of(steps, "ENV") for pair in shlex.split(rest)]
    return {name: value for name, _, value in pairs}


def doors() -> Iterator[int]:
    stack = Stack(Path("/nowhere"), Mode.TRAINING, ports.BASE)
    return (stack.port(one.name) for one in processes(stack) if is_door(one))


def understood(words: list[str]) -> bool:
    """Whether the command of the clone takes these words; it is not run."""
    every = typer.main.get_command(app)
    assert isinstance(every, TyperGroup)
    name, *rest = words
    return name in every.commands and every.commands[name].make_context(name, rest) is not None


def test_every_door_is_published_on_this_machines_loopback_and_nothing_else_is(
    services: dict[str, dict[str, Any]],
) -> None:
    for one in services.values():
        assert sorted(one["ports"]) == [f"127.0.0.1:{port}:{port}" for port in sorted(doors())]
        assert "network_mode" not in one
        assert not one.get("privileged")


def test_every_command_is_one_of_cornerposts(
    services: dict[str, dict[str, Any]], steps: list[tuple[str, str]]
) -> None:
    assert [json.loads(rest) for rest in of(steps, "ENTRYPOINT")] == [["cornerpost"]]
    asked = [one["command"] for one in services.values()]
    asked += [json.loads(rest) for rest in of(steps, "CMD")]
    for one in services.values():
        direct, *words = one["healthcheck"]["test"]
        assert (direct, words[0]) == ("CMD", "cornerpost")
        asked.append(words[1:])
    assert all(understood(words) for words in asked)
    assert not {word for words in asked for word in words} & {"--port-base", "--data"}


def test_what_was_stopped_by_a_command_stays_stopped(services: dict[str, dict[str, Any]]) -> None:
    """`down` ends the process in front without an error."""
    assert {one["restart"] for one in services.values()} == {"on-failure"}
    assert all("--stay" in one["command"] for one in services.values())


def test_a_training_stack_and_a_register_never_share_a_volume(
    services: dict[str, dict[str, Any]], steps: list[tuple[str, str]]
) -> None:
    kept = [one["volumes"] for one in services.values()]
    folder = environment(steps)["CORNERPOST_DATA"]
    assert kept == [[f"{name}:{folder}"] for name in services]
    assert of(steps, "VOLUME") == [folder]


def test_the_image_has_no_second_list_of_what_is_installed(steps: list[tuple[str, str]]) -> None:
    said = " ".join(of(steps, "RUN"))
    assert not [name for name in (*RUNNING, *TESTING) if name in said]
    modules = re.findall(r"python3 -m (\S+)", said)
    assert modules == ["deploy.setup.debian", "deploy.setup.bootstrap"]
    assert all(importlib.util.find_spec(name) for name in modules)
    assert "--testing" not in said


def test_the_image_ends_as_an_ordinary_user_who_listens_where_the_container_is_reached(
    steps: list[tuple[str, str]],
) -> None:
    users = of(steps, "USER")
    assert users == ["cornerpost"]
    words = [word for word, _ in steps]
    after = [rest for word, rest in steps[words.index("USER"):] if word == "RUN"]
    assert ["bootstrap" in rest for rest in after] == [True]
    assert environment(steps)[LISTEN] == EVERYWHERE


def test_no_secret_and_no_address_of_a_registry_is_in_image_or_compose_file(
    services: dict[str, dict[str, Any]], steps: list[tuple[str, str]]
) -> None:
    names = [*of(steps, "FROM"), *(one["image"] for one in services.values())]
    assert all(IMAGE.fullmatch(name) for name in names)
    assert of(steps, "FROM") == ["debian:12"]
    assert not of(steps, "ARG")
    assert not re.search(r"SECRET|PASSWORD|TOKEN", " ".join(environment(steps)))
    assert all("environment" not in one for one in services.values())
    told = "".join((DEPLOY / name).read_text() for name in ("Dockerfile", "compose.yaml"))
    assert "://" not in told


def test_what_is_copied_is_there_and_what_is_an_operators_stays_outside(
    services: dict[str, dict[str, Any]], steps: list[tuple[str, str]]
) -> None:
    copied = [shlex.split(rest)[:-1] for rest in of(steps, "COPY")]
    assert all((ROOT / one).exists() for several in copied for one in several)
    left_out = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    words = [entry["path"] for one in services.values() for entry in one.get("env_file", ())]
    assert {".git", ".venv", ".test-data", "data", *(f"deploy/{w}" for w in words)} <= {*left_out}
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert all(f"/deploy/{word}" in ignored for word in words)
    build = {(one["build"]["context"], one["build"]["dockerfile"]) for one in services.values()}
    assert build == {("..", "deploy/Dockerfile")}
