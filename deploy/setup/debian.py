"""The system packages: which are needed, which are missing, and installing them."""

import os
import shutil
import subprocess
from pathlib import Path

from deploy.setup.progress import give_up, step

RUNNING = (
    "postgresql-15-postgis-3",
    "postgresql-15-postgis-3-scripts",
    "openjdk-17-jre-headless",
    "maven",
    "unzip",
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-noto-core",
)
TESTING = ("chromium", "libatomic1")
CREATE_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")
NEVER = "create_main_cluster = false\n"


def install_packages(testing: bool) -> None:
    """Install what is missing, as root or through sudo; otherwise end and name the packages."""
    missing = [name for name in (*RUNNING, *(TESTING if testing else ())) if not _installed(name)]
    if not missing:
        return
    prefix = _as_root()
    if prefix is None:
        give_up(
            "these Debian packages are missing, and only root may install them:\n"
            f"  apt-get install --no-install-recommends {' '.join(missing)}"
        )
    with step(f"Installing {', '.join(missing)}"):
        _apt(prefix or [], "update")
        if any(name.startswith("postgresql") for name in missing):
            _without_a_cluster(prefix or [])
        _apt(prefix or [], "install", "--no-install-recommends", "-y", *missing)


def _installed(name: str) -> bool:
    if shutil.which("dpkg-query") is None:
        give_up(
            "this is not a Debian system. Install PostgreSQL 15 with PostGIS 3, Java 17, Maven, "
            "unzip, Pango and the Noto fonts by your own means, or name running servers"
        )
    asked = ["dpkg-query", "-W", "-f=${Status}", name]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answer.stdout == "install ok installed"


def _as_root() -> list[str] | None:
    """How to become root: not at all, through sudo, or None."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-v"], capture_output=not os.isatty(0), check=False)
    return ["sudo"] if asked.returncode == 0 else None


def _without_a_cluster(prefix: list[str]) -> None:
    """Debian makes and starts a cluster with the server; ours is private, so it shall not.

    Only when no PostgreSQL server was here before: an existing set-up is not touched.
    """
    if Path("/usr/lib/postgresql").exists():
        return
    _apt(prefix, "install", "--no-install-recommends", "-y", "postgresql-common")
    given = CREATE_CLUSTER.read_text() if CREATE_CLUSTER.is_file() else ""
    kept = [line for line in given.splitlines() if "create_main_cluster" not in line]
    text = "\n".join([*kept, NEVER])
    subprocess.run(
        [*prefix, "tee", str(CREATE_CLUSTER)], input=text, text=True, check=True,
        stdout=subprocess.DEVNULL,
    )


def _apt(prefix: list[str], *words: str) -> None:
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", *words]
    done = subprocess.run(quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        give_up(f"apt-get {words[0]} failed:\n{(done.stdout + done.stderr)[-2000:]}")


if __name__ == "__main__":
    install_packages(testing=False)
