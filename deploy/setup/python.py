"""The clone's own Python environment: locked packages, the project itself, the command."""

import hashlib
import os
import sys
from pathlib import Path

from deploy.setup.progress import give_up, step
from deploy.setup.temporal_build import run
from deploy.temporal.server import tools

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements-dev.lock"
OLDEST = (3, 11)
UV = "uv==0.9.*"
COMMAND = """#!{python}
from cli.main import main

main()
"""


def prepare_python() -> None:
    """Make `.venv` as the lock says, and `.venv/bin/cornerpost`; nothing when it is so already."""
    if sys.version_info < OLDEST:
        give_up(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version}")
    stamp = VENV / "locked"
    wanted = hashlib.sha256(LOCK.read_bytes() + str(ROOT).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    python = VENV / "bin/python"
    with step("Installing the locked Python packages"):
        if not python.exists():
            run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
        install_locked(python, LOCK)
    _install_project(python)
    stamp.write_text(wanted)


def install_locked(python: Path, lock: Path) -> None:
    """Exactly the packages of a lock file, each held against its hash."""
    run(
        [
            str(_uv()), "pip", "install", "-q", "--python", str(python),
            "--require-hashes", "-r", str(lock),
        ],
        os.environ | {"UV_NATIVE_TLS": "true", "UV_LINK_MODE": "copy"},
    )


def _uv() -> Path:
    """The installer, kept with the other tools."""
    home = tools() / "uv"
    if not (home / "bin/uv").is_file():
        run([sys.executable, "-m", "venv", str(home)])
        run([str(home / "bin/pip"), "install", "-q", "--no-cache-dir", UV])
    return home / "bin/uv"


def _install_project(python: Path) -> None:
    """The clone itself is importable, so that an edit needs no new installation."""
    packages = next((VENV / "lib").glob("python3.*/site-packages"))
    (packages / "cornerpost.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin/cornerpost"
    command.write_text(COMMAND.format(python=python))
    command.chmod(0o755)
