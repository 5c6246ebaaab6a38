"""The intake: reads and judges a request's body before the request takes a place in the service."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import strict_json
from chassis.settings import ServiceSettings
from chassis.spool import (
    SPOOL,
    Part,
    Spool,
    check_digest,
    discard,
    held,
    part_path,
    spool_part,
    spool_whole,
)
from chassis.strict_json import TooLarge, WrongContentType
from chassis.who import bearer
from kernel.authority import Actor
from kernel.problems import Malformed, NotFound, NotSignedIn, TryLater

FORM: Final = "application/x-www-form-urlencoded"
SILENCE: Final = 60.0  # seconds between two pieces of a body
SMALL: Final = 16 * 1024  # parsed at once; longer bodies in a thread
BODY: Final = "cornerpost.body"
BODY_HASH: Final = "cornerpost.body_hash"


class ClientWentAway(Exception):
    """The connection ended before the body did; there is nobody to answer."""


@dataclass(frozen=True, slots=True)
class Intake:
    """ASGI layer. JSON bodies are checked and kept in memory, raw PUT bodies are spooled to disk.

    `forms` are the paths that take url-encoded forms. An upload needs a good token, and an address
    that `takes` files of this person, before a byte of it is kept; elsewhere it is not read.
    """

    app: ASGIApp
    settings: ServiceSettings
    identify: Callable[[str], Actor]
    takes: Callable[[str, Actor], bool]
    forms: Collection[str] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        _check_address(scope)
        headers = Headers(scope=scope)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["method"] == "PUT" and kind and not _is_json(kind):
            await self._upload(scope, receive, send, headers, kind)
            return
        body = await self._read(headers, receive)
        if body:
            await self._judge(scope, headers, kind, body)
        scope[BODY_HASH] = scope.get(BODY_HASH) or hashlib.sha256(body).digest()
        scope[BODY] = body
        await self.app(scope, replay(body, receive), send)

    async def _read(self, headers: Headers, receive: Receive) -> bytes:
        limit = self.settings.max_body
        _check_length(headers, limit)
        chunks, size = [], 0
        async for chunk in arriving(receive):
            size += len(chunk)
            if size > limit:
                raise TooLarge("The body is too large", limit=limit)
            chunks.append(chunk)
        return b"".join(chunks)

    async def _judge(self, scope: Scope, headers: Headers, kind: str, body: bytes) -> None:
        if headers.get("content-encoding", "identity") != "identity":
            raise WrongContentType("Send the body as it is, without a Content-Encoding")
        if kind == FORM and scope["path"] in self.forms:
            _check_quoted(body)
            return
        if not _is_json(kind):
            raise WrongContentType("This address reads application/json")
        if len(body) <= SMALL:
            scope[BODY_HASH] = _meaning(body)
        else:
            scope[BODY_HASH] = await run_in_threadpool(_meaning, body)

    async def _upload(
        self, scope: Scope, receive: Receive, send: Send, headers: Headers, kind: str
    ) -> None:
        token = bearer(headers.get("authorization"))
        if token is None:
            raise NotSignedIn("Sign in before you send a file")
        actor = await run_in_threadpool(self.identify, token)
        if not self.takes(scope["path"], actor):
            scope[BODY_HASH], scope[BODY] = hashlib.sha256(b"").digest(), b""
            await self.app(scope, replay(b"", receive), send)
            return
        _check_length(headers, self.settings.max_file)
        part = Part.of(headers)
        begun = part_path(self._root / "parts", actor.person or "", scope["path"])
        body, limit = arriving(receive), self.settings.max_file
        if part is None:
            discard(begun)
            spool = await spool_whole(self._root / "spool", body, limit, kind)
            await self._hand_on(spool, False, scope, receive, send)
            return
        with held(begun) as file:
            spool = await spool_part(file, begun, part, body, limit, kind)
            if part.last:
                await self._hand_on(spool, True, scope, receive, send)
                return
        await _more_please(spool)(scope, receive, send)  # the next part may come at once

    async def _hand_on(
        self, spool: Spool, in_parts: bool, scope: Scope, receive: Receive, send: Send
    ) -> None:
        scope[SPOOL], scope[BODY_HASH], scope[BODY] = spool, bytes.fromhex(spool.sha256), b""
        try:
            check_digest(spool, Headers(scope=scope).get("repr-digest"))
            await self.app(scope, replay(b"", receive), send)
        except TryLater:
            if not in_parts:
                _forget(spool)
            raise  # what was sent in parts on a bad link is not asked for again
        except BaseException:
            _forget(spool)
            raise
        _forget(spool)

    @property
    def _root(self) -> Path:
        return self.settings.files / self.settings.service


def _more_please(spool: Spool) -> Response:
    return Response(status_code=202, headers={"Upload-Offset": str(spool.size)})


def _meaning(body: bytes) -> bytes:
    """Equal for bodies that say the same with other spaces or another order of members."""
    value = strict_json.parse(body)
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).digest()


def _is_json(kind: str) -> bool:
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


def _check_length(headers: Headers, limit: int) -> None:
    length = headers.get("content-length")
    if length is not None and (not length.isdecimal() or int(length[:20]) > limit):
        raise TooLarge("The body is too large", limit=limit)


def _check_address(scope: Scope) -> None:
    """NUL and bytes that are not UTF-8 are no part of any address of ours."""
    if "\x00" in scope["path"] or not _is_utf8(scope.get("raw_path") or b""):
        raise NotFound("There is no such address")
    _check_quoted(scope["query_string"])


def _check_quoted(text: bytes) -> None:
    plain = unquote_to_bytes(text)
    if b"\x00" in plain or not _is_utf8(text):
        raise Malformed("The query or form holds characters that are no text")


def _is_utf8(quoted: bytes) -> bool:
    try:
        unquote_to_bytes(quoted).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _forget(spool: Spool) -> None:
    spool.path.unlink(missing_ok=True)


async def arriving(receive: Receive) -> AsyncIterator[bytes]:
    """The body, piece by piece. Raises ClientWentAway when the connection ends or sleeps first."""
    while True:
        try:
            message = await asyncio.wait_for(receive(), SILENCE)
        except TimeoutError as asleep:
            raise ClientWentAway from asleep
        if message["type"] == "http.disconnect":
            raise ClientWentAway
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


def replay(body: bytes, onward: Receive) -> Receive:
    """A `receive` that gives this body once, and then what else the connection has to say."""
    left = [body]

    async def receive() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await onward()

    return receive
