"""Bring the databases of our own processes to their heads, as their owner roles."""

import os
import subprocess
import sys
from collections.abc import Sequence

from deploy.stack.databases import owner_url
from deploy.stack.environment import environment
from deploy.stack.layout import ROOT, Refused, Stack
from deploy.stack.processes import MIGRATED, OURS

RUNNER = "cli.migrations"


def migrate_all(stack: Stack, names: Sequence[str] = ()) -> str:
    """Migrate these databases (default: every one that has migrations); answer what was said.

    One process of its own does it: deploy imports no service. Raises Refused with its last words.
    """
    chosen = [name for name in names or MIGRATED if has_migrations(name)]
    unknown = [name for name in names if name not in MIGRATED]
    if unknown:
        raise Refused(f"There is no database {', '.join(unknown)} with migrations of ours")
    if not chosen:
        return ""
    done = subprocess.run(
        [sys.executable, "-m", RUNNER, *chosen],
        env=_environment(stack, chosen),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(f"Migrating failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def has_migrations(name: str) -> bool:
    folder = ROOT / "portal" if name == "portal" else ROOT / "services" / name
    return (folder / "migrations" / "HEAD").is_file()


def _environment(stack: Stack, names: Sequence[str]) -> dict[str, str]:
    """Each service's own, and beside it the owner's address that its processes never see."""
    told = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    for process in OURS:
        if process.name in names:
            told |= environment(process, stack)
    for name in names:
        told[f"CORNERPOST_DATABASE_URL_{name.upper()}_OWNER"] = owner_url(stack, name)
    return told
