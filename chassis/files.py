"""Files: kept under the hash of their content, on disk before any row speaks of them."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO, Final, Protocol
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.responses import StreamingResponse

from chassis.spool import DigestDiffers, Spool
from kernel.problems import NotFound

CHUNK: Final = 64 * 1024
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class FileMissing(NotFound):
    """The register speaks of a file that the store does not have: an operator must restore it."""

    title = "The file cannot be found at the moment"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A kept file: its SHA-256 in hexadecimal is its name, `size` is in bytes."""

    sha256: str
    size: int
    media_type: str


class FileStore(Protocol):
    """The port. Whatever keeps the files, a file that `keep` gave back survives a power cut."""

    def keep(self, spool: Spool) -> StoredFile: ...

    def keep_bytes(self, content: bytes, media_type: str) -> StoredFile: ...

    def open(self, sha256: str) -> BinaryIO: ...


@dataclass(frozen=True, slots=True)
class DiskFiles:
    """Files at `root/<first two digits>/<sha256>`; equal files are kept once, none is removed."""

    root: Path

    def keep(self, spool: Spool) -> StoredFile:
        """Keep an upload. It is synced to disk before this returns, so call it before the commit.

        The upload itself stays where it is until its request is answered: a request that is run
        again finds it. What is kept is a copy that nobody else has open, under its own hash.
        Raises DigestDiffers when the upload is no longer what was received.
        """
        with self._fresh() as fresh:
            if _copy(spool.path, fresh) != spool.sha256:
                raise DigestDiffers("Send the file again")
            self._place(fresh, spool.sha256)
        return StoredFile(spool.sha256, spool.size, spool.media_type)

    def keep_bytes(self, content: bytes, media_type: str) -> StoredFile:
        """Keep what the service made itself."""
        sha256 = hashlib.sha256(content).hexdigest()
        with self._fresh() as fresh:
            fresh.write_bytes(content)
            self._place(fresh, sha256)
        return StoredFile(sha256, len(content), media_type)

    def open(self, sha256: str) -> BinaryIO:
        """The content, to be read and closed. Raises FileMissing."""
        try:
            return self._at(sha256).open("rb")
        except FileNotFoundError as missing:
            raise FileMissing("The file is not in the store", sha256=sha256) from missing

    def _at(self, sha256: str) -> Path:
        if not _HASH.fullmatch(sha256):
            raise ValueError("a file's name is its SHA-256 in hexadecimal")
        return self.root / sha256[:2] / sha256

    @contextmanager
    def _fresh(self) -> Iterator[Path]:
        """A name on the store's own disk; what stands there unplaced afterwards is removed."""
        fresh = self.root / "spool" / secrets.token_hex(16)
        fresh.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield fresh
        finally:
            fresh.unlink(missing_ok=True)

    def _place(self, fresh: Path, sha256: str) -> None:
        place = self._at(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        _sync(fresh)
        if not place.exists():
            fresh.replace(place)
        for folder in (place.parent, self.root):
            _sync(folder)


def _copy(source: Path, target: Path) -> str:
    """Copy a file and answer the SHA-256 of what was written."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("xb") as written:
        while chunk := read.read(CHUNK):
            digest.update(chunk)
            written.write(chunk)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def as_attachment(files: FileStore, stored: StoredFile, name: str) -> StreamingResponse:
    """A file as a download: never shown in place, never guessed at, never run."""
    files.open(stored.sha256).close()  # a missing file is a refusal, not a broken download
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name) or "file"
    headers = {
        "Content-Disposition": f"attachment; filename={plain}; filename*=UTF-8''{quote(name)}",
        "Content-Length": str(stored.size),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "ETag": f'"{stored.sha256}"',
        "Cache-Control": "private, no-cache",
    }
    content = _chunks(files, stored.sha256)
    return StreamingResponse(content, headers=headers, media_type=stored.media_type)


def _chunks(files: FileStore, sha256: str) -> Iterator[bytes]:
    with files.open(sha256) as source:
        while chunk := source.read(CHUNK):
            yield chunk


def files_of(request: Request) -> FileStore:
    files: FileStore = request.app.state.files
    return files


AtFiles = Annotated[FileStore, Depends(files_of)]
