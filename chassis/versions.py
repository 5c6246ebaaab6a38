"""Versions of what a person sees: ETag and If-Match, so that nobody acts on a stale page."""

import re
from typing import Annotated, Final

from fastapi import Depends, Header

from kernel.problems import Malformed, Stale

_ETAG: Final = re.compile(r'"([0-9]{1,18})"')


class VersionNeeded(Malformed):
    """The request must say in If-Match which version of the thing it was made for."""

    status = 428
    title = "Say which version you have seen"


class VersionNotReadable(Malformed):
    """If-Match must hold an ETag as this service gave it."""

    title = "The version is not one of ours"


def etag(version: int) -> str:
    """The ETag of a version: `etag(3)` is `"3"` with its quotes."""
    return f'"{version}"'


def seen_version(if_match: Annotated[str | None, Header()] = None) -> int | None:
    """The version of an If-Match header; None when there is none."""
    if if_match is None:
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise VersionNotReadable('If-Match is a version in quotes, such as "3"')
    return int(found[1])


def needed_version(seen: Annotated[int | None, Depends(seen_version)]) -> int:
    if seen is None:
        raise VersionNeeded("Send If-Match with the ETag of what you have seen")
    return seen


AtVersion = Annotated[int, Depends(needed_version)]
MaybeVersion = Annotated[int | None, Depends(seen_version)]


def must_match(seen: int | None, present: int, **state: object) -> None:
    """Raise Stale (412) with the present state unless the page was current. None: nobody asked."""
    if seen is not None and seen != present:
        raise Stale("Read it again before you go on", version=present, **state)
