"""The private PostgreSQL cluster: made once in the stack's folder, heard on loopback only."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import psycopg

from deploy.stack.layout import Refused, Stack
from deploy.stack.vault import secret

SUPERUSER = "cornerpost"
BINARIES = Path("/usr/lib/postgresql/15/bin")
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "jit": "off",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "max_wal_size": "2GB",
}


def binary(name: str) -> str:
    """PostgreSQL's own tools, Debian's place first. Raises Refused when it is not installed."""
    found = BINARIES / name
    path = str(found) if found.is_file() else shutil.which(name)
    if path is None:
        raise Refused(f"PostgreSQL's `{name}` is not installed: run `make setup`")
    return path


def account() -> str | None:
    """The system user the cluster runs as: `postgres` under root, otherwise whoever asks (None)."""
    return "postgres" if os.geteuid() == 0 else None


def create(stack: Stack) -> None:
    """Make the cluster when it is not there; a half-made one is begun again."""
    if (stack.cluster / "made").is_file():
        return
    shutil.rmtree(stack.cluster, ignore_errors=True)
    stack.cluster.mkdir(mode=0o700)
    words = stack.cluster.with_suffix(".password")
    words.touch(mode=0o600)
    words.write_text(secret(stack, "postgres-superuser"))
    who = account()
    if who is not None:
        owner = pwd.getpwnam(who)
        for path in (stack.cluster, words):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    try:
        _as(who, [
            binary("initdb"), "-D", str(stack.cluster), "-U", SUPERUSER, f"--pwfile={words}",
            "--auth=scram-sha-256", "--data-checksums", "-E", "UTF8", "--locale=C.UTF-8",
        ])
    finally:
        words.unlink()
    (stack.cluster / "made").touch()


def command(stack: Stack) -> list[str]:
    """The command a supervisor runs; the account is the supervisor's to change."""
    options = [f"-c{name}={value}" for name, value in OPTIONS.items()]
    return [
        binary("postgres"), "-D", str(stack.cluster), "-p", str(stack.port("postgres")), *options
    ]


def superuser_url(stack: Stack, database: str = "postgres") -> str:
    """For the few things only a superuser may do; never handed to a process of ours."""
    password = secret(stack, "postgres-superuser")
    return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{stack.port('postgres')}/{database}"


def accepts(stack: Stack) -> bool:
    """Whether the cluster takes connections; a copy's that has its port is not this one."""
    try:
        with psycopg.connect(superuser_url(stack), connect_timeout=2) as admin:
            row = admin.execute("show data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row == (str(stack.cluster),)


def _as(who: str | None, command: list[str]) -> None:
    prefix = [] if who is None else ["runuser", "-u", who, "--"]
    done = subprocess.run(
        [*prefix, *command], capture_output=True, text=True, check=False, cwd="/"
    )
    if done.returncode:
        raise Refused(f"{Path(command[0]).name} failed:\n{(done.stdout + done.stderr)[-800:]}")
