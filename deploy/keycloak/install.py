"""Fetches the pinned Keycloak distribution once per machine and builds it for PostgreSQL."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

VERSION = "26.7.5"
ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
SHA256 = "30ef87fb7101c43d29688d1ae80c0588ff4a151b3330e9f664bf9692d398658a"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # Maven paints what it says, asked or not
INSIDE = (
    f"org/keycloak/keycloak-quarkus-dist/{VERSION}/keycloak-quarkus-dist-{VERSION}.zip"
)  # of Maven's local repository
BUILD = ("--db=postgres", "--health-enabled=true", "--metrics-enabled=true")


class NotInstalled(Exception):
    """Keycloak could not be fetched or built; the message says which step failed and why."""


def cache_folder() -> Path:
    """Where things built once per machine live: ${XDG_CACHE_HOME:-~/.cache}/cornerpost."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "cornerpost"


def keycloak_home(cache: Path | None = None) -> Path:
    """The folder of the built distribution, whether or not it is there yet."""
    return (cache or cache_folder()) / f"keycloak-{VERSION}"


def install(cache: Path | None = None, say: Callable[[str], None] = lambda line: None) -> Path:
    """Make sure the built distribution is in the cache and answer its folder.

    Safe to call from several processes at once: one of them works, the others wait for it.
    Raises NotInstalled.
    """
    folder = cache or cache_folder()
    home = keycloak_home(folder)
    if home.is_dir():
        return home
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "keycloak.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.is_dir():
            _install_into(folder, home, say)
    return home


def _install_into(folder: Path, home: Path, say: Callable[[str], None]) -> None:
    archive = _fetch(say)
    with tempfile.TemporaryDirectory(prefix="keycloak-", dir=folder) as scratch:
        say("Unpacking Keycloak")
        _run(["unzip", "-q", str(archive), "-d", scratch])
        unpacked = Path(scratch) / f"keycloak-{VERSION}"
        say("Building Keycloak for PostgreSQL (about 20 s)")
        _run([str(unpacked / "bin" / "kc.sh"), "build", *BUILD])
        shutil.rmtree(unpacked / "data", ignore_errors=True)
        unpacked.rename(home)


def _fetch(say: Callable[[str], None]) -> Path:
    """The distribution's archive in Maven's local repository, its digest compared with ours."""
    archive = Path.home() / ".m2" / "repository" / INSIDE
    if not archive.is_file():
        say(f"Fetching Keycloak {VERSION} through Maven")
        _run(["mvn", "-q", "-B", "dependency:get", f"-Dartifact={ARTIFACT}", "-Dtransitive=false"])
    if not archive.is_file():
        archive = _configured_repository() / INSIDE
    with archive.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != SHA256:
        raise NotInstalled(f"{archive} has SHA-256 {found}, expected {SHA256}; delete it and retry")
    return archive


def _configured_repository() -> Path:
    """Where Maven keeps what it fetched, when its own settings name another place."""
    asked = ["mvn", "-q", "-B", "help:evaluate", "-Dexpression=settings.localRepository"]
    return Path(COLOUR.sub("", _run([*asked, "-DforceStdout"])).strip())


def _run(command: list[str]) -> str:
    """Run one step to its end; its output is shown only when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200)
    except FileNotFoundError as missing:
        raise NotInstalled(f"{command[0]} is not installed") from missing
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise NotInstalled(f"{Path(command[0]).name} {command[1]} failed:\n{tail}")
    return done.stdout


if __name__ == "__main__":
    install(say=print)
