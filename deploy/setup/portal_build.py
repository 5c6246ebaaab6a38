"""Builds the portal's stylesheets with Node from a wheel, once per machine; none at run time."""

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from deploy.setup.progress import step
from deploy.setup.python import ROOT, install_locked
from deploy.setup.temporal_build import run
from deploy.temporal.server import tools

SOURCES = ROOT / "portal/assets"
LOCK = ROOT / "requirements-build.lock"
SERVED = ROOT / "portal/static/dist"
FOR_TESTS = "node_modules/axe-core/axe.min.js"
TRUSTED = Path("/etc/ssl/certs/ca-certificates.crt")
"""Whom this machine trusts; Node by itself knows only its own list."""

FIXTURES = "node_modules/govuk-frontend/dist/govuk/components"


def build_portal() -> None:
    """Put what was built from the present sources where the portal serves it from."""
    ready, stamp = built(), SERVED / "built-from"
    if stamp.is_file() and stamp.read_text() == ready.name and ready.is_dir():
        return
    tools().mkdir(parents=True, exist_ok=True)
    with (tools() / "portal.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.is_dir():
            _build(ready)
    shutil.rmtree(SERVED, ignore_errors=True)
    shutil.copytree(ready / "dist", SERVED)
    stamp.write_text(ready.name)


def built() -> Path:
    """The folder of what was built from the present sources, and of what tests use beside it."""
    digest = hashlib.sha256()
    for path in (LOCK, *sorted(SOURCES.rglob("*"))):
        if path.is_file() and "node_modules" not in path.parts:
            digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return tools() / f"portal-{digest.hexdigest()[:16]}"


def _build(ready: Path) -> None:
    """In a throw-away folder, as whoever edits the sources may have modules lying beside them."""
    with tempfile.TemporaryDirectory(prefix="portal-", dir=tools()) as scratch:
        here, made = Path(scratch) / "assets", Path(scratch) / "made"
        shutil.copytree(SOURCES, here, ignore=shutil.ignore_patterns("node_modules"))
        home = _node()
        trusting = {"NODE_EXTRA_CA_CERTS": str(TRUSTED)} if TRUSTED.is_file() else {}
        told = trusting | os.environ | {"PATH": f"{home / 'bin'}:{os.environ['PATH']}"}
        with step("Building the portal's stylesheets"):
            run([str(home / "bin/npm"), "ci"], told, here)
            run([str(home / "bin/npm"), "run", "build", "--", str(made / "dist")], told, here)
        shutil.copy(here / FOR_TESTS, made)
        for fixtures in (here / FIXTURES).glob("*/fixtures.json"):
            shutil.copy(fixtures, made / f"{fixtures.parent.name}.fixtures.json")
        made.rename(ready)


def _node() -> Path:
    """A Python environment that holds Node and npm, made at first need."""
    home = tools() / f"node-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    if not (home / "ready").is_file():
        with step("Fetching Node"):
            shutil.rmtree(home, ignore_errors=True)
            run([sys.executable, "-m", "venv", "--without-pip", str(home)])
            install_locked(home / "bin/python", LOCK)
        (home / "ready").touch()
    return home
