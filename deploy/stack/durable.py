"""Small files that are whole at every instant and survive a power cut."""

import os
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Put `text` in the place of what is there, readable by its owner only; on disk at return."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync(path.parent)


def remove(path: Path) -> None:
    """Take the file away for good; one that is not there is no error."""
    path.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """A name that was given or taken away is on disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
