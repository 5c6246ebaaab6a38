"""What a person typed into a form, taken only from our own pages in the person's own browser."""

import base64
import hmac
import os
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends, Request
from httpx import URL

from kernel.problems import NotAllowed
from portal.web.cookies import VISITOR, Cookies, visitor
from portal.web.sealing import Seals

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD: Final = "proof"
PURPOSE: Final = "form-proof"
FOREIGN: Final = frozenset({"cross-site", "same-site"})
OPEN: Final = frozenset({"/signin/backchannel"})
"""Called by a server, which proves itself by what it sends."""

Typed = Mapping[str, list[str]]


class NotFromOurPage(NotAllowed):
    """The form came from elsewhere, or from a page that this browser no longer knows of."""

    title = "This form could not be taken"


def proof(request: Request) -> str:
    """What a form shows to be from our page. Masked anew each time: its length tells nothing."""
    secret = _secret(request, visitor(request))
    mask = os.urandom(len(secret))
    hidden = bytes(one ^ other for one, other in zip(mask, secret, strict=True))
    return base64.urlsafe_b64encode(mask + hidden).decode().rstrip("=")


async def typed(request: Request) -> Typed:
    """The form's fields, without files; nothing where nothing was posted. Raises NotFromOurPage.

    Every route has this for a dependency: no form is acted upon that was not checked here.
    """
    if request.method in SAFE or request.url.path in OPEN:
        return {}
    _from_our_origin(request)
    fields: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    if not _proves(request, "".join(fields.pop(FIELD, []))):
        raise NotFromOurPage("The page it stood on is not open in this browser")
    request.state.typed = fields
    return fields


AtTyped = Annotated[Typed, Depends(typed)]


def first(fields: Typed, name: str) -> str:
    """The field's first value without blanks at its ends; empty where there is none."""
    return (fields.get(name) or [""])[0].strip()


def _from_our_origin(request: Request) -> None:
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site") in FOREIGN:
        raise NotFromOurPage("It was sent from another site")
    if origin is None:
        return
    public = URL(request.app.state.settings.public_url).netloc.decode()
    if URL(origin).netloc.decode() not in {public, request.headers.get("host")}:
        raise NotFromOurPage("It was sent from another site")


def _proves(request: Request, given: str) -> bool:
    cookies: Cookies = request.app.state.cookies
    known = cookies.read(request, VISITOR)
    try:
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except ValueError:
        return False
    if known is None or len(raw) != 64:
        return False
    shown = bytes(one ^ other for one, other in zip(raw[:32], raw[32:], strict=True))
    return hmac.compare_digest(shown, _secret(request, known))


def _secret(request: Request, whose: str) -> bytes:
    seals: Seals = request.app.state.seals
    return seals.name(PURPOSE, whose)
