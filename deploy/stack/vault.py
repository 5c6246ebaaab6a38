"""The stack's generated secrets: one file each, made at first use, readable by its owner only."""

import os
import secrets
import tempfile
from pathlib import Path

from deploy.stack.layout import Stack

BYTES = 24


def secret(stack: Stack, name: str) -> str:
    """The secret of that name; the first caller makes it, everybody after it reads the same."""
    path = stack.secrets / name
    if not path.exists():
        keep(path, secrets.token_urlsafe(BYTES).encode())
    return path.read_text()


def keep(path: Path, content: bytes, access: int = 0o600) -> None:
    """Write a file that is whole from its first moment; one that is there already stays."""
    descriptor, fresh = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(fresh).chmod(access)
    try:
        Path(path).hardlink_to(fresh)
    except FileExistsError:
        return
    finally:
        Path(fresh).unlink()
