"""Backup: one archive of every database, file and key, as of one instant."""

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from chassis.clock import machine_now
from chassis.relay import HOLD_KEY
from deploy import archive
from deploy.archive import FOLDERS, MANIFEST, Manifest, administrator_url, digest
from deploy.stack.layout import Refused, Stack
from deploy.stack.processes import SERVICES, needed_databases


def backup(stack: Stack, target: Path) -> Manifest:
    """Write the archive (readable by its owner only); the stack may go on working meanwhile.

    All databases are dumped from snapshots that were taken side by side while the relays were
    held, so no fact is on its way between two of them. Files are copied afterwards: a row is
    committed only after its file is on the disk. Raises Refused; an archive is whole or absent.
    """
    if target.exists():
        raise Refused(f"{target} is there already")
    with tempfile.TemporaryDirectory(prefix="backup-", dir=target.resolve().parent) as scratch:
        here = Path(scratch)
        (here / "databases").mkdir()
        with _snapshots(stack) as snapshots:
            for name, snapshot in snapshots.items():
                archive.tool(
                    "pg_dump", administrator_url(stack, name), "--format=custom",
                    f"--snapshot={snapshot}", f"--file={_dump(here, name)}",
                )
        for folder in FOLDERS:
            shutil.copytree(stack.data / folder, here / folder)
        manifest = _manifest(stack, here, list(snapshots))
        (here / MANIFEST).write_text(manifest.model_dump_json(indent=1))
        _pack(here, target)
    return manifest


@contextmanager
def _snapshots(stack: Stack) -> Iterator[dict[str, str]]:
    """An exported snapshot of every database, kept open while this lasts."""
    with ExitStack() as held:
        connections = {
            name: held.enter_context(psycopg.connect(administrator_url(stack, name)))
            for name in needed_databases(stack)
        }
        for name in SERVICES:
            connections[name].execute("select pg_advisory_lock(%s)", [HOLD_KEY])
            connections[name].commit()
        exported = {name: _export(one) for name, one in connections.items()}
        for name in SERVICES:
            connections[name].execute("select pg_advisory_unlock(%s)", [HOLD_KEY])
        yield exported


def _export(one: psycopg.Connection) -> str:
    one.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    row = one.execute("select pg_export_snapshot()").fetchone()
    if row is None:
        raise Refused("PostgreSQL gave no snapshot")
    return str(row[0])


def _dump(here: Path, database: str) -> Path:
    return here / "databases" / f"{database}.dump"


def _manifest(stack: Stack, here: Path, databases: list[str]) -> Manifest:
    parts = sorted(path for path in here.rglob("*") if path.is_file())
    return Manifest(
        format=archive.FORMAT,
        mode=stack.mode,
        taken_at=machine_now().isoformat(),
        databases=databases,
        sha256={str(path.relative_to(here)): digest(path) for path in parts},
    )


def _pack(here: Path, target: Path) -> None:
    part = target.with_name(f"{target.name}.part")
    part.touch(mode=0o600)
    with tarfile.open(part, "w") as packed:
        for path in sorted(here.iterdir()):
            packed.add(path, arcname=path.name)
    part.replace(target)
