"""Spools: a raw upload is written to disk as it arrives, before it takes anybody's place."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from chassis.strict_json import TooLarge
from kernel.problems import Malformed


class NoFile(Malformed):
    """A route for files was called with something else."""

    title = "Send the file itself as the body"


@dataclass(frozen=True, slots=True)
class Spool:
    """Bytes of one upload request on disk; gone when the request is answered, unless moved away."""

    path: Path
    size: int
    sha256: str
    media_type: str


async def spool_to(
    folder: Path, chunks: AsyncIterator[bytes], limit: int, media_type: str
) -> Spool:
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
    return Spool(path, size, digest.hexdigest(), media_type)


def spooled(request: Request) -> Spool:
    """The upload that came with this request."""
    spool = request.scope.get("cornerpost.spool")
    if not isinstance(spool, Spool):
        raise NoFile("This address takes a file as the raw body of a PUT, and its Content-Type")
    return spool


AtSpool = Annotated[Spool, Depends(spooled)]
