"""Spools: a raw upload is written to disk as it arrives, before it takes anybody's place."""

import base64
import binascii
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, BinaryIO, Final

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from chassis.clock import machine_now
from chassis.strict_json import TooLarge
from kernel.problems import Malformed, Problem, TooMany

PARTS_AT_ONCE: Final = 10  # unfinished uploads of one person
FORGOTTEN: Final = timedelta(days=2)
CHUNK: Final = 64 * 1024
SPOOL: Final = "cornerpost.spool"
_DIGEST: Final = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):")


class NoFile(Malformed):
    """A route for files was called with something else."""

    title = "Send the file itself as the body"


class DigestDiffers(Malformed):
    """What arrived is not what was sent: send it again."""

    title = "The file was damaged on its way"


class OtherOffset(Problem):
    """The upload goes on at `offset` (bytes received so far), not where this request begins."""

    title = "The upload goes on at another place"


class UploadUnderWay(Problem):
    """Another connection of the same person is sending this file: ask again when it has ended."""

    title = "This file is being sent by another connection"


@dataclass(frozen=True, slots=True)
class Spool:
    """Bytes of one upload on disk; gone when the request is answered, unless they were kept."""

    path: Path
    size: int
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an upload that is sent in several: where it begins, and whether it is the last."""

    offset: int
    last: bool

    @classmethod
    def of(cls, headers: Headers) -> "Part | None":
        """From `Upload-Offset` and `Upload-Complete: ?0`; None for a file sent as a whole."""
        offset = headers.get("upload-offset")
        if offset is None:
            return None
        complete = headers.get("upload-complete", "?1")
        if not re.fullmatch(r"[0-9]{1,12}", offset) or complete not in ("?0", "?1"):
            raise Malformed("Upload-Offset is a number of bytes, Upload-Complete is ?0 or ?1")
        return cls(int(offset), complete == "?1")


async def spool_whole(folder: Path, chunks: AsyncIterator[bytes], limit: int, kind: str) -> Spool:
    """Write what arrives to a new file. Raises TooLarge after `limit` bytes, leaving no file."""
    folder.mkdir(parents=True, exist_ok=True)
    path, digest, size = folder / secrets.token_hex(16), hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLarge("The file is too large", limit=limit)
                digest.update(chunk)
                await run_in_threadpool(file.write, chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Spool(path, size, digest.hexdigest(), kind)


@contextmanager
def held(path: Path) -> Iterator[BinaryIO]:
    """An unfinished upload, open for what comes next and for this request alone.

    Raises UploadUnderWay while another request has it. Where nothing has arrived, nothing is left.
    """
    with _opened(path) as file:
        try:
            yield file
        finally:
            file.flush()
            if os.fstat(file.fileno()).st_size == 0:
                path.unlink(missing_ok=True)


def _opened(path: Path) -> BinaryIO:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # its folder was swept away meanwhile
            file = path.open("ab")
            if not _locked(file):
                file.close()
                raise UploadUnderWay("Wait until the other connection ends", retry_after=5)
            if _is_at(path, file):
                return file
            file.close()  # whoever had it before has finished it, and removed it


def _locked(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(path: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def discard(path: Path, before: float | None = None) -> bool:
    """Remove an unfinished upload that no request is at; `before`: only one untouched since then.

    Answers whether it was removed.
    """
    with suppress(FileNotFoundError), path.open("rb") as file:
        touched = os.fstat(file.fileno()).st_mtime
        if (before is None or touched < before) and _locked(file) and _is_at(path, file):
            path.unlink()
            return True
    return False


async def spool_part(
    file: BinaryIO, path: Path, part: Part, chunks: AsyncIterator[bytes], limit: int, kind: str
) -> Spool:
    """Add what arrives to the `held` upload; what came before a broken link is kept.

    Raises OtherOffset when the part does not begin where the upload stands, TooLarge, TooMany.
    """
    size = os.fstat(file.fileno()).st_size
    if part.offset != size:
        raise OtherOffset("Go on where the upload stands", offset=size)
    if size == 0 and _unfinished(path) >= PARTS_AT_ONCE:
        raise TooMany("Finish an upload before you begin another", retry_after=60)
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            path.unlink()
            raise TooLarge("The file is too large", limit=limit)
        await run_in_threadpool(file.write, chunk)
    file.flush()
    return Spool(path, size, await run_in_threadpool(_hash, path), kind)


def _unfinished(path: Path) -> int:
    """How many other uploads of this person wait to be finished; the forgotten ones are removed."""
    oldest, waiting = (machine_now() - FORGOTTEN).timestamp(), 0
    for other in path.parent.iterdir():
        if other != path and not discard(other, before=oldest) and other.exists():
            waiting += 1
    return waiting


def part_path(folder: Path, person: str, address: str) -> Path:
    """Where the unfinished upload of a person to an address stands."""
    return folder / _name(person) / _name(address)


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def check_digest(spool: Spool, told: str | None) -> None:
    """Compare with `Repr-Digest: sha-256=:…:` (RFC 9530), if sent. Raises DigestDiffers."""
    if told is None:
        return
    found = _DIGEST.search(told)
    try:
        expected = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error as unreadable:
        raise Malformed("Repr-Digest is sha-256=:base64:") from unreadable
    if not found:
        raise Malformed("Repr-Digest is sha-256=:base64:")
    if expected.hex() != spool.sha256:
        raise DigestDiffers("Send the file again")


def spooled(request: Request) -> Spool:
    """The upload that came with this request."""
    spool = request.scope.get(SPOOL)
    if not isinstance(spool, Spool):
        raise NoFile("This address takes a file as the raw body of a PUT, and its Content-Type")
    return spool


AtSpool = Annotated[Spool, Depends(spooled)]
