"""Cookies: whose browser this is. No script reads them and no other site sends them along."""

import re
import secrets
from dataclasses import dataclass
from typing import Final, Self

from fastapi import Request, Response
from httpx import URL

VISITOR: Final = "visitor"
LANGUAGE: Final = "language"
YEAR: Final = 365 * 24 * 3600
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1", "testserver"})
SHAPE: Final = re.compile(r"[A-Za-z0-9_.-]{1,3000}")


@dataclass(frozen=True, slots=True)
class Cookies:
    """`secure`: sent over TLS only; browsers take loopback for as good as that."""

    secure: bool

    @classmethod
    def at(cls, public_url: str) -> Self:
        """As the address at which people find the portal allows."""
        found = URL(public_url)
        return cls(found.scheme == "https" or found.host in LOOPBACK)

    def read(self, request: Request, what: str) -> str | None:
        """The cookie's value; None where there is none or it is not one of ours."""
        value = request.cookies.get(self._name(what))
        return value if value and SHAPE.fullmatch(value) else None

    def put(self, answer: Response, what: str, value: str, seconds: int | None = None) -> None:
        """Keep it for so long; until the browser is closed where that is not said."""
        answer.set_cookie(
            self._name(what), value, max_age=seconds, path="/",
            secure=self.secure, httponly=True, samesite="lax",
        )

    def drop(self, answer: Response, what: str) -> None:
        answer.delete_cookie(
            self._name(what), path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def _name(self, what: str) -> str:
        """`__Host-`: browsers refuse one that another host or an unsafe page tries to set."""
        return f"__Host-cp-{what}" if self.secure else f"cp-{what}"


def visitor(request: Request) -> str:
    """The browser's own secret; a new one, which the next page puts there, where it has none."""
    cookies: Cookies = request.app.state.cookies
    known: str | None = getattr(request.state, VISITOR, None) or cookies.read(request, VISITOR)
    if known is None:
        known = secrets.token_urlsafe(24)
        request.state.new_visitor = True
    request.state.visitor = known
    return known


def put_visitor(request: Request, answer: Response) -> None:
    """Give a browser its secret, if a page that is about to be sent needed one."""
    if getattr(request.state, "new_visitor", False):
        cookies: Cookies = request.app.state.cookies
        cookies.put(answer, VISITOR, request.state.visitor)
