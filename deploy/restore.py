"""Restore: an archive becomes a stack again, with every guarantee it had, or nothing is left."""

import json
import lzma
import shutil
import tarfile
import tempfile
import zlib
from pathlib import Path

import psycopg
from pydantic import ValidationError

from deploy import archive
from deploy.archive import (
    FOLDERS,
    MANIFEST,
    TABLE_OF_GROUND,
    Form,
    Manifest,
    administrator_url,
    digest,
)
from deploy.stack import cluster, country, databases
from deploy.stack.down import erase, stop_all
from deploy.stack.layout import Refused, Stack, Unfinished, establish, mark, refuse_occupied
from deploy.stack.processes import Process, Ready, Tier
from deploy.stack.supervision import Supervisor
from deploy.stack.up import Start, alone

STRANGERS = "delete from cluster_membership"
"""The servers that the archive's Temporal ran as. The restored one would join those that live, and
each would hand its tasks to the other."""


class Unsound(Refused):
    """The archive is not what was written, or the restored register lacks a guarantee."""


def restore(source: Path, data: Path, base: int) -> Stack:
    """Make the archive's stack in an empty folder; it is left stopped, ready for `up`.

    Any error of pg_restore ends it, and the database's own guarantee against shared ground must
    be there afterwards. Raises Refused, and then the folder is as empty as before. One that is
    killed leaves half a stack that is known for one: it can be erased and nothing else.
    """
    if (data / "stack.json").is_file():
        Stack.recorded(data)
        raise Refused(f"{data} holds a stack: restore into a new folder (--data DIR)")
    refuse_occupied(data)
    with tempfile.TemporaryDirectory(prefix="restore-") as scratch:
        here = Path(scratch)
        manifest = _unpack(source, here)
        stack = establish(data, manifest.mode, base, unfinished=Unfinished.RESTORING)
        with alone(stack):
            try:
                _fill(stack, here, manifest)
            except BaseException:
                stop_all(stack)
                erase(stack)
                raise
            stop_all(stack)
            mark(stack, None)
    return stack


def assert_guarantee(url: str) -> None:
    """Raise Unsound unless the exclusion constraint stands, valid and with its own operator."""
    with psycopg.connect(url) as admin:
        row = admin.execute(TABLE_OF_GROUND).fetchone()
    if row is None or row[0] != 1:
        raise Unsound("The constraint no_shared_ground is not there: the register is unguarded")


def _unpack(source: Path, here: Path) -> Manifest:
    try:
        with tarfile.open(source) as packed:
            for member in packed:
                _take(packed, member, here)
    except (tarfile.TarError, OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as broken:
        raise Unsound(f"{source} is no backup: {broken}") from broken
    manifest = _manifest(source, here / MANIFEST)
    for name, expected in manifest.sha256.items():
        part = here / name
        if not part.is_file() or digest(part) != expected:
            raise Unsound(f"{name} in {source} is not what was backed up")
    return manifest


def _manifest(source: Path, file: Path) -> Manifest:
    """Its format first: what a later version says besides is for that version to read."""
    if not file.is_file():
        raise Unsound(f"{source} is no backup: it has no {MANIFEST}")
    text = file.read_bytes()
    try:
        told = Form.model_validate_json(text)
        if told.format != archive.FORMAT:
            raise Unsound(f"{source} is a backup of format {told.format}, not {archive.FORMAT}")
        return Manifest.model_validate_json(text)
    except ValidationError as unreadable:
        raise Unsound(f"{source} is no backup: its {MANIFEST} cannot be read") from unreadable


def _take(packed: tarfile.TarFile, member: tarfile.TarInfo, here: Path) -> None:
    """Plain files only, and none outside the folder: an archive may come from anywhere."""
    content = packed.extractfile(member) if member.isfile() else None
    if content is None:
        return
    target = (here / member.name).resolve()
    if not target.is_relative_to(here.resolve()):
        raise Unsound(f"{member.name} would lie outside the folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        shutil.copyfileobj(content, file)
    target.chmod(0o600)


def _whose(given: Path) -> dict[str, str]:
    """The stack stays the country's it was; which servers it had is not where it comes to."""
    told: dict[str, str] = json.loads(given.read_text()) if given.is_file() else {}
    return {name: value for name, value in told.items() if name in country.NAMES}


def _fill(stack: Stack, here: Path, manifest: Manifest) -> None:
    for folder in FOLDERS:
        if (here / folder).is_dir():  # an empty one leaves nothing in an archive
            shutil.copytree(here / folder, stack.data / folder, dirs_exist_ok=True)
    given = stack.secrets / "given.json"
    whose = _whose(given)
    stack = Stack(stack.data, stack.mode, stack.base, whose)
    given.write_text(json.dumps(whose) + "\n")
    cluster.create(stack)
    postgres = Process(
        "postgres", Tier.STORE, Ready.POSTGRES, account=cluster.account(), stop_signal="INT"
    )
    supervisor = Supervisor(stack)
    supervisor.keep([postgres])
    Start(stack, supervisor).one("postgres")
    databases.create(stack, bare=True)
    for name in manifest.databases:
        dump = here / "databases" / f"{name}.dump"
        archive.tool(
            "pg_restore", administrator_url(stack, name), "--exit-on-error",
            "--single-transaction", str(dump),
        )
    if "temporal" in manifest.databases:
        with psycopg.connect(administrator_url(stack, "temporal")) as admin:
            admin.execute(STRANGERS)
    assert_guarantee(administrator_url(stack, "cadastre"))
