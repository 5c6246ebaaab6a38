"""Backup: one archive of every database, file and key, as of one instant."""

import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import psycopg

from chassis.clock import machine_now
from chassis.outbox import HOLD_KEY
from deploy import archive
from deploy.archive import FOLDERS, MANIFEST, Manifest, administrator_url, digest
from deploy.stack import jumps
from deploy.stack.layout import Refused, Stack
from deploy.stack.processes import SERVICES, needed_databases

_KEPT: Final = re.compile(r"[0-9a-f]{64}")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as no:  # a full disk, a folder that may not be written
        raise Refused(f"The backup could not be written: {no}") from no


@_in_words()
def backup(stack: Stack, target: Path) -> Manifest:
    """Write the archive (readable by its owner only); the stack may go on working meanwhile.

    All databases are dumped from snapshots that were taken side by side while the relays were
    held, so no fact is on its way between two of them. Files are copied afterwards: a row is
    committed only after its file is on the disk. Raises Refused; an archive is whole or absent.

    While a jump of the training clock is cut off there is no one instant to keep: refused.
    """
    if jumps.unfinished(stack) is not None:
        raise Refused(
            "A jump of the clock was cut off, and services and cases differ about the time: finish "
            "it with `cornerpost up --training` before the backup"
        )
    if target.exists():
        raise Refused(f"{target} is there already")
    if not target.parent.is_dir():
        raise Refused(f"There is no folder {target.parent} to write the backup into")
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
            copy = copy_files if folder == "files" else shutil.copytree
            copy(stack.data / folder, here / folder)
        manifest = _manifest(stack, here, list(snapshots))
        (here / MANIFEST).write_text(manifest.model_dump_json(indent=1))
        _pack(here, target)
    return manifest


@_in_words()
def copy_files(files: Path, target: Path) -> None:
    """Copy every service's kept files; what people are uploading is no part of the register."""
    for kept in sorted(files.glob("*/[0-9a-f][0-9a-f]/*")):
        if _KEPT.fullmatch(kept.name):
            copy = target / kept.relative_to(files)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(kept, copy)


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
        exported = {name: _export(connections[name]) for name in sorted(connections, key=_rank)}
        for name in SERVICES:
            connections[name].execute("select pg_advisory_unlock(%s)", [HOLD_KEY])
        yield {name: exported[name] for name in connections}


def _rank(name: str) -> bool:
    """The clockwork first: what it knows must not be newer than the register it is about.

    A workflow that is behind asks for what it missed, and its acts are repeated without harm; one
    that is ahead would take the next facts for facts it has had.
    """
    return not name.startswith("temporal")


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
    try:
        part.touch(mode=0o600)
        with tarfile.open(part, "w") as packed:
            for path in sorted(here.iterdir()):
                packed.add(path, arcname=path.name)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
