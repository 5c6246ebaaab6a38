"""Runs tests on a PostgreSQL and a training stack of their own: `python -m tests.run [words]`.

The stack is made afresh, its ports begin at 22000 (or `CORNERPOST_TEST_PORT_BASE`), its data lies
in `.test-data`. Both end with the run. Words are pytest's: folders, files, options.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.ports import TEST_BASE
from deploy.stack import cluster
from deploy.stack.layout import closed_folder

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".test-data"
if closed_folder(HOME) is not None:  # root's clone at home, which no database may enter
    HOME = Path("/var/tmp/cornerpost-tests")
CORNERPOST = [sys.executable, "-m", "cli.main"]
PORT_BASE = int(os.environ.get("CORNERPOST_TEST_PORT_BASE", TEST_BASE))
SCRATCH_PORT = PORT_BASE + 90
AT_ONCE = "3"
"""Workers: more than cores, because tests wait for servers most of the time."""


def main(words: list[str]) -> int:
    """Answer pytest's exit code; its closing line is the last thing said."""
    with scratch_postgres() as admin, training_stack() as data:
        environment = os.environ | {
            "CORNERPOST_TEST_ADMIN_URL": admin,
            "CORNERPOST_TEST_POSTGRES": admin,
            "CORNERPOST_TEST_STACK": str(data),
            "CORNERPOST_TEST_TEMPORAL": f"127.0.0.1:{PORT_BASE + 1}",
        }
        pytest = [sys.executable, "-m", "pytest", "-q", "--durations=25", "-n", AT_ONCE, *words]
        ended = subprocess.run(pytest, cwd=ROOT, env=environment, check=False)
    return ended.returncode


@contextmanager
def training_stack() -> Iterator[Path]:
    """A fresh stack that ends with the tests; its log stays for whoever must look."""
    data = HOME / ("stack" if PORT_BASE == TEST_BASE else f"stack-{PORT_BASE}")
    where = ["--data", str(data)]
    if (data / "stack.json").is_file():
        subprocess.run([*CORNERPOST, "down", "--erase", *where], cwd=ROOT, check=True)
    shutil.rmtree(data, ignore_errors=True)
    up = [*CORNERPOST, "up", "--training", "--port-base", str(PORT_BASE), *where]
    try:
        subprocess.run(up, cwd=ROOT, check=True)
        yield data
    finally:
        subprocess.run([*CORNERPOST, "down", *where], cwd=ROOT, check=False, capture_output=True)


@contextmanager
def scratch_postgres() -> Iterator[str]:
    """A server for tests that make databases of their own: no passwords, and nothing is kept."""
    folder = Path(tempfile.mkdtemp(prefix="cornerpost-postgres-", dir="/tmp"))
    who = cluster.account()
    prefix = ["runuser", "-u", who, "--"] if who else []
    if who:
        shutil.chown(folder, who, who)
    made = folder / "cluster"
    initdb = [cluster.binary("initdb"), "-D", str(made), "-U", "postgres", "--auth=trust"]
    control = [*prefix, cluster.binary("pg_ctl"), "-D", str(made), "-w", "-s"]
    options = (
        f"-p {SCRATCH_PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories= "
        "-c fsync=off -c jit=off -c max_connections=300 -c shared_buffers=256MB"
    )
    log = folder / "log"
    subprocess.run(
        [*prefix, *initdb, "-E", "UTF8", "--locale=C.UTF-8"],
        check=True, stdout=subprocess.DEVNULL, cwd="/",
    )
    try:
        subprocess.run([*control, "-l", str(log), "-o", options, "start"], check=True, cwd="/")
        yield f"postgresql://postgres@127.0.0.1:{SCRATCH_PORT}/"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


def _stopped(*_: object) -> None:
    """What was started is ended also when the run itself is told to end."""
    sys.exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stopped)
    sys.exit(main(sys.argv[1:]))
