"""What a stack is: its mode, its ports, its folder and what lies where in it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self

from deploy import ports

ROOT = Path(__file__).resolve().parents[2]
"""The clone that the processes are run from."""

GIVEN = (
    "CORNERPOST_TEMPORAL", "CORNERPOST_TEMPORAL_NAMESPACE",
    "CORNERPOST_KEYCLOAK", "CORNERPOST_KEYCLOAK_ADMIN_CLIENT", "CORNERPOST_KEYCLOAK_ADMIN_SECRET",
)
"""Beside `CORNERPOST_DATABASE_URL_…`: what an operator may name instead of having it started."""

LONGEST_SOCKET = 100  # bytes that the kernel allows in a UNIX socket's path, less a little


class Refused(Exception):
    """The stack will not do this; the message says why and what to do instead."""


class Mode(StrEnum):
    """A training stack has a clock that can be moved; a production stack has none."""

    PRODUCTION = "production"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Stack:
    """One local stack. `given` holds the addresses of servers that run elsewhere, by name."""

    data: Path
    mode: Mode
    base: int
    given: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def recorded(cls, data: Path) -> Self:
        """The stack that was started in `data` before. Raises Refused."""
        found = _read(data / "stack.json")
        if found is None:
            raise Refused(f"There is no stack in {data}: start one with `cornerpost up`")
        given = _read(data / "secrets" / "given.json") or {}
        return cls(data, Mode(found["mode"]), int(found["port_base"]), given)

    @property
    def training(self) -> bool:
        return self.mode is Mode.TRAINING

    @property
    def namespace(self) -> str:
        """Temporal's namespace: time can be skipped in a training stack's only."""
        usual = "training" if self.training else "cornerpost"
        return self.given.get("CORNERPOST_TEMPORAL_NAMESPACE", usual)

    @property
    def run(self) -> Path:
        """Sockets, pids and generated configuration."""
        return self.data / "run"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def files(self) -> Path:
        return self.data / "files"

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.data / "postgres"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    def port(self, process: str) -> int:
        return ports.port(process, self.base)

    def address(self, process: str) -> str:
        return ports.address(process, self.base)

    def log(self, process: str) -> Path:
        return self.logs / f"{process}.log"


def given_in(environment: Mapping[str, str]) -> dict[str, str]:
    """The servers that the operator names, and how to speak with them."""
    return {
        name: value
        for name, value in environment.items()
        if value and (name in GIVEN or name.startswith("CORNERPOST_DATABASE_URL_"))
    }


def establish(data: Path, mode: Mode, base: int) -> Stack:
    """Make the folder and record what kind of stack lives in it, or find what was recorded.

    Raises Refused for a folder of the other mode: a training stack never becomes a real one. The
    port base may change between two starts, not while the stack runs.
    """
    data = data.resolve()
    _refuse_unusable(data)
    before = _read(data / "stack.json")
    if before is not None and before["mode"] != mode:
        raise Refused(
            f"{data} holds a {before['mode']} stack and cannot be started as {mode}: "
            "name another folder with --data"
        )
    for folder, access in (
        (data, 0o711), (data / "run", 0o700), (data / "logs", 0o700), (data / "keys", 0o700),
        (data / "files", 0o700), (data / "secrets", 0o700), (data / "fakes", 0o700),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(access)
    kept = _read(data / "secrets" / "given.json") or {}
    stack = Stack(data, mode, base, kept | given_in(os.environ))
    _write(data / "secrets" / "given.json", dict(stack.given))
    _write(data / "stack.json", {"mode": str(mode), "port_base": str(base)})
    return stack


def _refuse_unusable(data: Path) -> None:
    socket = data / "run" / "supervisor.sock"
    if len(os.fsencode(socket)) > LONGEST_SOCKET:
        raise Refused(f"{data} is too long a path for a socket: name a shorter folder with --data")
    closed = closed_folder(data)
    if closed is not None:
        raise Refused(
            f"{closed} cannot be entered by the user `postgres`, as whom the database runs "
            "when root starts it: name a folder outside it with --data"
        )


def closed_folder(data: Path) -> Path | None:
    """The folder above `data` that the database could not enter; it is its own user under root."""
    if os.geteuid():
        return None
    shut = [one for one in data.parents if one.exists() and not one.stat().st_mode & 0o001]
    return shut[0] if shut else None


def _read(path: Path) -> dict[str, str] | None:
    if not path.is_file():
        return None
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _write(path: Path, content: Mapping[str, str]) -> None:
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content, indent=1) + "\n")
    fresh.replace(path)
