"""Restore: an archive becomes a stack again, with every guarantee it had, or nothing is left."""

import shutil
import tarfile
import tempfile
from pathlib import Path

import psycopg

from deploy import archive
from deploy.archive import FOLDERS, MANIFEST, TABLE_OF_GROUND, Manifest, administrator_url, digest
from deploy.stack import cluster, databases
from deploy.stack.down import erase, stop_all
from deploy.stack.layout import Refused, Stack, establish
from deploy.stack.processes import Process, Ready, Tier
from deploy.stack.supervision import Supervisor
from deploy.stack.up import Start


class Unsound(Refused):
    """The archive is not what was written, or the restored register lacks a guarantee."""


def restore(source: Path, data: Path, base: int) -> Stack:
    """Make the archive's stack in an empty folder; it is left stopped, ready for `up`.

    Any error of pg_restore ends it, and the database's own guarantee against shared ground must
    be there afterwards. Raises Refused, and then the folder is as empty as before.
    """
    if data.exists() and any(data.iterdir()):
        raise Refused(f"{data} is not empty: restore into a new folder (--data DIR)")
    with tempfile.TemporaryDirectory(prefix="restore-") as scratch:
        here = Path(scratch)
        manifest = _unpack(source, here)
        stack = establish(data, manifest.mode, base)
        try:
            _fill(stack, here, manifest)
        except BaseException:
            stop_all(stack)
            erase(stack)
            raise
    stop_all(stack)
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
    except (tarfile.TarError, OSError) as broken:
        raise Unsound(f"{source} is no backup: {broken}") from broken
    manifest = Manifest.model_validate_json((here / MANIFEST).read_text())
    if manifest.format != archive.FORMAT:
        raise Unsound(f"{source} is a backup of format {manifest.format}, not {archive.FORMAT}")
    for name, expected in manifest.sha256.items():
        part = here / name
        if not part.is_file() or digest(part) != expected:
            raise Unsound(f"{name} in {source} is not what was backed up")
    return manifest


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


def _fill(stack: Stack, here: Path, manifest: Manifest) -> None:
    for folder in FOLDERS:
        if (here / folder).is_dir():  # an empty one leaves nothing in an archive
            shutil.copytree(here / folder, stack.data / folder, dirs_exist_ok=True)
    given = stack.secrets / "given.json"
    stack = Stack(stack.data, stack.mode, stack.base)  # where it was is not where it comes to
    given.write_text("{}\n")
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
    assert_guarantee(administrator_url(stack, "cadastre"))
