"""What tests of several folders share: one PostgreSQL, and one whole training stack.

`python -m tests.run` starts both before the first test. A single test that needs the stack can be
run without it: the stack is then started at first use and left running (`cornerpost down --data
.test-data/stack` ends it).
"""

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from deploy.ports import TEST_BASE
from deploy.stack.databases import app_url
from deploy.stack.layout import Stack
from tests.plain_logs import plain_logs

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".test-data"
SEED = "CORNERPOST_TEST_SEED"
TOGETHER = {
    "tests/keycloak/": "keycloak",
    "tests/cli/": "stack",
    "tests/deploy/": "stack",
    "tests/journeys/": "stack",
    "tests/messages/test_on_the_stack.py": "stack",
    "tests/portal/test_on_the_stack.py": "stack",
    "tests/chassis/test_processes.py": "stack",
    "tests/chassis/test_worker.py": "stack",
    "tests/experiments/test_r1.py": "stack",
    "tests/experiments/test_r3.py": "stack",
    "tests/workflows/": "workflows",
}
"""Tests that share one server, and so run one after the other on one worker.

Who uses the one stack or its Temporal takes turns: some stop its parts, or move its clock.
"""


class FileByFile(LoadScopeScheduling):
    """A file stays on one worker, and so does a folder whose tests share a server.

    (The scheduling by marks, `--dist loadgroup`, does not see the marks with this pytest.)
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        shared = [group for folder, group in TOGETHER.items() if file.startswith(folder)]
        return shared[0] if shared else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileByFile:
    return FileByFile(config, log)


def pytest_configure() -> None:
    """One seed for the run, known to every worker; a fresh one unless it is given."""
    os.environ.setdefault(SEED, str(secrets.randbits(32)))
    plain_logs()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that names the stack, and may run beside those that stop its parts, is refused."""
    for item in items:
        alone = not any(item.nodeid.startswith(place) for place in TOGETHER)
        if alone and "stack" in getattr(item, "fixturenames", ()):
            raise pytest.UsageError(f"{item.nodeid} uses the stack: name its file in TOGETHER")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"Chance began at {SEED}={os.environ[SEED]}")


@pytest.fixture(scope="session")
def seed() -> int:
    """Where this run's chance begins: `random.Random(seed)`."""
    return int(os.environ[SEED])


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that a database run by another user can enter, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="cp-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> str:
    """The address of a PostgreSQL server as its superuser; tests make databases of their own."""
    given = os.environ.get("CORNERPOST_TEST_ADMIN_URL")
    return given or "postgresql://postgres@127.0.0.1:25432/"


@pytest.fixture(scope="session")
def stack() -> Stack:
    """The one training stack of this run, all of it ready."""
    data = Path(os.environ.get("CORNERPOST_TEST_STACK", HOME / "stack"))
    HOME.mkdir(exist_ok=True)
    with (HOME / "stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if "CORNERPOST_TEST_STACK" not in os.environ:
            _up(data)
    return Stack.recorded(data)


@pytest.fixture(scope="session")
def postgres_url(stack: Stack) -> Callable[[str], str]:
    """`postgres_url("licensing")`: the stack's database as that service's processes see it."""
    return lambda service: app_url(stack, service)


def _up(data: Path) -> None:
    asked = ["up", "--training", "--data", str(data), "--port-base", str(TEST_BASE)]
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *asked],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )
    if done.returncode:
        pytest.fail(f"The test stack does not come up:\n{done.stdout}{done.stderr}", pytrace=False)
