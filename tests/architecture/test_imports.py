import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("kernel", "contracts", "chassis", "services", "workflows", "portal", "cli", "deploy")
LINT = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=tree, capture_output=True, text=True, check=False, timeout=100,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__", "node_modules", "static"),
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_imports_keep_to_the_contracts() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("kernel/intruder.py", "import chassis.settings", "Layers:"),
        ("kernel/intruder.py", "import sqlalchemy", "The kernel is pure"),
        ("services/cadastre/domain/intruder.py", "import fastapi", "A service's domain is pure"),
        ("services/cadastre/intruder.py", "import services.licensing", "never import each other"),
        ("services/licensing/desk_intruder.py", "import kernel.ids", "Inside a service"),
        ("services/licensing/store/intruder.py", "import services.licensing.desk", "Inside a"),
        ("services/payments/acts/intruder.py", "import services.payments.teller", "Inside a"),
        ("workflows/engine/intruder.py", "import contracts.procedures", "The engine knows"),
        ("workflows/intruder.py", "import chassis.database", "Workflow definitions"),
        ("deploy/intruder.py", "import services.licensing.settings", "imports none of them"),
    ],
)
def test_a_deliberate_violation_is_seen(copy: Path, path: str, line: str, contract: str) -> None:
    (copy / path).write_text(f'"""Not allowed."""\n\n{line}\n')
    done = lint(copy)
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr
    broken = [said for said in done.stdout.splitlines() if " BROKEN" in said]
    assert any(contract in said for said in broken), broken
