"""Where the built Temporal server lies and the command that runs it."""

import os
from pathlib import Path

VERSION = "1.32.2"


def tools() -> Path:
    """The folder of what is built once per machine and shared by every clone."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "cornerpost"


def binary(name: str) -> Path:
    """`server` or `sql`, as built by the set-up."""
    return tools() / f"temporal-{VERSION}" / name


def command(config: Path) -> list[str]:
    """Loopback only, therefore without an authorizer."""
    return [str(binary("server")), "--config-file", str(config), "--allow-no-auth", "start"]
