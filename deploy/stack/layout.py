"""What a stack is: its mode, its ports, its folder and what lies where in it."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self

from deploy import ports
from deploy.stack import country, durable, outside

ROOT = Path(__file__).resolve().parents[2]
"""The clone that the processes are run from."""

GIVEN = (
    "CORNERPOST_TEMPORAL", "CORNERPOST_TEMPORAL_NAMESPACE",
    "CORNERPOST_KEYCLOAK", "CORNERPOST_KEYCLOAK_ADMIN_CLIENT", "CORNERPOST_KEYCLOAK_ADMIN_SECRET",
    "CORNERPOST_KEYCLOAK_ADOPT", "CORNERPOST_LISTEN",
)
"""Beside `CORNERPOST_DATABASE_URL_…`: what an operator may name instead of having it started."""

NAMES = (
    "run", "logs", "keys", "files", "secrets", "fakes", "demo", "postgres", "postgres.password",
    "jump.new", "jump.json", "stack.new", "stack.json",
)
"""All that a stack makes in its folder; what else lies there is not its own."""

LONGEST_SOCKET = 100  # bytes that the kernel allows in a UNIX socket's path, less a little

UNSPEAKABLE = re.compile(r"""["%\\]|'$|\s[#;]""")
"""What is read as something else in the configuration of a supervisor."""


class Refused(Exception):
    """The stack will not do this; the message says why and what to do instead."""


class Mode(StrEnum):
    """A training stack has a clock that can be moved; a production stack has none."""

    PRODUCTION = "production"
    TRAINING = "training"


class Unfinished(StrEnum):
    """What was begun with a stack's folder; recorded until it is done, and seen when it was not."""

    RESTORING = "restored"
    ERASING = "erased"


@dataclass(frozen=True, slots=True)
class Stack:
    """One local stack. `given` holds the addresses of servers that run elsewhere, by name.

    `fakes`: stand-ins for telecom and mobile-money operator run with it, and nothing leaves it.
    """

    data: Path
    mode: Mode
    base: int
    given: Mapping[str, str] = field(default_factory=dict)
    fakes: bool = True

    @classmethod
    def recorded(cls, data: Path, to_erase: bool = False) -> Self:
        """The stack that was started in `data` before. Raises Refused.

        One that is half restored or half erased is answered only `to_erase` it.
        """
        found = _read(data / "stack.json")
        if found is None:
            raise Refused(f"There is no stack in {data}: start one with `cornerpost up`")
        if not to_erase:
            _refuse_unfinished(data, found)
        given = _read(data / "secrets" / "given.json") or {}
        mode = Mode(found["mode"])
        return cls(data, mode, int(found["port_base"]), given, _fakes(mode, None, found))

    @property
    def training(self) -> bool:
        return self.mode is Mode.TRAINING

    @property
    def namespace(self) -> str:
        """Temporal's namespace: time can be skipped in a training stack's only."""
        usual = "training" if self.training else "cornerpost"
        return self.given.get("CORNERPOST_TEMPORAL_NAMESPACE", usual)

    @property
    def country(self) -> str:
        return country.country_of(self.given)

    @property
    def rulebooks(self) -> Path:
        return country.rulebooks_of(self.given, ROOT)

    @property
    def public_url(self) -> str:
        """Where people find the portal: behind the operator's own address, or on this machine."""
        return self.given.get(country.PUBLIC_URL, self.address("portal")).rstrip("/")

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
    """The servers that the operator names, and how to speak with them; empty: no longer."""
    known = (*GIVEN, *country.NAMES, *outside.SETTINGS)
    return {
        name: value
        for name, value in environment.items()
        if name in known or name.startswith("CORNERPOST_DATABASE_URL_")
    }


def establish(
    data: Path, mode: Mode, base: int, fakes: bool | None = None,
    unfinished: Unfinished | None = None,
) -> Stack:
    """Plan a stack and record it, for those who need nothing else judged. Raises Refused."""
    stack = planned(data, mode, base, fakes)
    record(stack, unfinished)
    return stack


def planned(data: Path, mode: Mode, base: int, fakes: bool | None = None) -> Stack:
    """The stack as it was recorded in that folder, with what is given now; nothing is written.

    Raises Refused for a folder of the other mode: a training stack never becomes a real one; and
    for one that holds something else, or half a stack. The port base may change between two
    starts, not while the stack runs. `fakes` says whether a production stack gets stand-ins for
    the world outside (None: as before); training always does.
    """
    data = data.resolve()
    _refuse_unusable(data)
    refuse_occupied(data)
    before = _read(data / "stack.json")
    _refuse_unfinished(data, before or {})
    if before is not None and before["mode"] != mode:
        raise Refused(
            f"{data} holds a {before['mode']} stack and cannot be started as {mode}: "
            "name another folder with --data"
        )
    kept = _read(data / "secrets" / "given.json") or {}
    given = {name: value for name, value in (kept | given_in(os.environ)).items() if value}
    if country.RULEBOOKS in given:  # found again from wherever the next command is given
        given[country.RULEBOOKS] = str(Path(given[country.RULEBOOKS]).absolute())
    stack = Stack(data, mode, base, given, _fakes(mode, fakes, before or {}))
    _refuse_both(stack)
    _refuse_no_country(stack, kept if before is not None else None)
    return stack


def record(stack: Stack, unfinished: Unfinished | None = None) -> None:
    """Make the stack's folder and keep in it what the stack is and what it was given.

    `unfinished` stays until `mark`.
    """
    data = stack.data
    data.mkdir(parents=True, exist_ok=True)
    mark(stack, unfinished)  # first: whatever ends this, the folder is known for ours
    for folder, access in (
        (data, 0o711), (data / "run", 0o700), (data / "logs", 0o700), (data / "keys", 0o700),
        (data / "files", 0o700), (data / "secrets", 0o700), (data / "fakes", 0o700),
    ):
        folder.mkdir(exist_ok=True)
        folder.chmod(access)
    _write(data / "secrets" / "given.json", dict(stack.given))


def mark(stack: Stack, unfinished: Unfinished | None) -> None:
    """Record what the stack is, and what is begun with it; None: it is whole."""
    told = {
        "mode": str(stack.mode),
        "port_base": str(stack.base),
        "fakes": "yes" if stack.fakes else "no",
    }
    also = {"unfinished": str(unfinished)} if unfinished else {}
    _write(stack.data / "stack.json", told | also)


def _refuse_unfinished(data: Path, found: Mapping[str, str]) -> None:
    if "unfinished" in found:
        raise Refused(
            f"The stack in {data} was being {found['unfinished']} when that was cut off, and is "
            f"not whole: remove it with `cornerpost down --erase --data {data}`"
        )


def _fakes(mode: Mode, asked: bool | None, before: Mapping[str, str]) -> bool:
    if mode is Mode.TRAINING:
        return True
    return before.get("fakes") == "yes" if asked is None else asked


def _refuse_both(stack: Stack) -> None:
    """What is not meant for real phones must not reach one."""
    real = [name for name in outside.ADDRESSES if name in stack.given]
    if stack.fakes and real:
        raise Refused(
            f"This stack has stand-ins for phones, mailboxes and money, and was given "
            f"{', '.join(real)}: leave those out, or start a production stack --without-fakes"
        )


def _refuse_no_country(stack: Stack, kept: Mapping[str, str] | None) -> None:
    """A register says for ever whose it is; `kept` is as it was told before."""
    if kept is not None and (changed := country.moved(kept, stack.given)):
        raise Refused(
            f"{' and '.join(changed)} cannot change: this stack has signed as "
            f"{country.origin_host(kept)} under the law of {country.country_of(kept)}"
        )
    if mistake := country.mistaken(stack.given, ROOT):
        raise Refused(f"This stack cannot start: {mistake}")


def _refuse_unusable(data: Path) -> None:
    socket = data / "run" / "supervisor.sock"
    if len(os.fsencode(socket)) > LONGEST_SOCKET:
        raise Refused(f"{data} is too long a path for a socket: name a shorter folder with --data")
    if not str(data).isprintable() or UNSPEAKABLE.search(str(data)):
        raise Refused(
            f"The path {str(data)!a:.200} holds what a supervisor's configuration cannot: "
            "name another folder with --data"
        )
    closed = closed_folder(data)
    if closed is not None:
        raise Refused(
            f"{closed} cannot be entered by the user `postgres`, as whom the database runs "
            "when root starts it: name a folder outside it with --data"
        )


def refuse_occupied(data: Path) -> None:
    """Raise Refused for a folder of other things; an empty disk's `lost+found` is none."""
    if not data.exists() or (data / "stack.json").is_file():
        return
    if not data.is_dir():
        raise Refused(f"{data} is no folder: name another one with --data")
    others = sorted({one.name for one in data.iterdir()} - {"lost+found", "stack.new"})
    if others:
        raise Refused(
            f"{data} holds no stack but other things ({', '.join(others[:3])}): "
            "name a new or empty folder with --data"
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
    durable.write(path, json.dumps(content, indent=1) + "\n")
