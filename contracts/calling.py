"""Calling a service over HTTP: typed answers, one key per act, problem documents as Problems."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter

from kernel.problems import Problem, TryLater

T = TypeVar("T")
Token = Callable[[], str | None]
Value = str | int | Sequence[str] | None
Params = Mapping[str, Value]

PROBLEM: Final = "application/problem+json"
STANDARD: Final = frozenset({"type", "title", "status", "detail", "instance"})
JSON_TYPE: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stands at an address, by its ETag; `content` is None when it is what was seen before.

    `cache_control` says how long nobody need ask again.
    """

    content: bytes | None
    etag: str
    cache_control: str


def nobody() -> str | None:
    """The token of a call that nobody has signed in for."""
    return None


@dataclass(frozen=True, slots=True)
class Calling:
    """One service as one person calls it. `http` has the service's address as its base URL.

    Every method raises the Problem that the service refused with (`slug()`, `status`, `facts` as
    the service gave them), and TryLater when it cannot be reached.
    """

    http: httpx.Client
    token: Token = nobody

    def get(self, path: str, shape: type[T], params: Params | None = None) -> T:
        return read(self._send("GET", path, params=params), shape)

    def get_file(self, path: str, params: Params | None = None) -> bytes:
        return self._send("GET", path, params=params).content

    def get_anew(self, path: str, seen: str | None) -> Fetched:
        """What stands at an address beside `/v1`, unless its ETag is still the one `seen`."""
        headers = {"If-None-Match": seen} if seen else {}
        answer = self._send("GET", path, headers=headers, under="")
        told = answer.headers
        unchanged = answer.status_code == httpx.codes.NOT_MODIFIED
        content = None if unchanged else answer.content
        return Fetched(content, told.get("ETag", ""), told.get("Cache-Control", ""))

    def post(
        self,
        path: str,
        body: BaseModel | None,
        shape: type[T],
        *,
        key: str | None = None,
        seen: int | None = None,
    ) -> T:
        """`key` makes a repeat harmless; `seen` is the version of the page that was acted on."""
        headers = {"Content-Type": JSON_TYPE}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"If-Match": f'"{seen}"'} if seen is not None else {}
        content = b"{}" if body is None else spelled(body)
        return read(self._send("POST", path, content=content, headers=headers), shape)

    def put(self, path: str, body: BaseModel, shape: type[T], seen: int | None = None) -> T:
        headers = {"Content-Type": JSON_TYPE}
        headers |= {"If-Match": f'"{seen}"'} if seen is not None else {}
        return read(self._send("PUT", path, content=spelled(body), headers=headers), shape)

    def put_file(self, path: str, content: bytes, media_type: str, shape: type[T]) -> T:
        """Send a file as the raw body, with the digest by which damage on the way is found."""
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        headers = {"Content-Type": media_type, "Repr-Digest": f"sha-256=:{digest}:"}
        return read(self._send("PUT", path, content=content, headers=headers), shape)

    def delete(self, path: str) -> None:
        self._send("DELETE", path)

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        under: str = "/v1",
    ) -> httpx.Response:
        token = self.token()
        told = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        asked = {name: value for name, value in (params or {}).items() if value is not None}
        try:
            answer = self.http.request(
                method, f"{under}{path}", params=asked, content=content, headers=told
            )
        except httpx.TransportError as away:
            raise TryLater("The service cannot be reached at the moment", retry_after=5) from away
        if answer.is_error:
            raise refusal(answer)
        return answer


def spelled(body: BaseModel) -> bytes:
    """A request's bytes; members that nobody gave stay away."""
    return body.model_dump_json(exclude_unset=True).encode()


def read(answer: httpx.Response, shape: type[T]) -> T:
    return TypeAdapter(shape).validate_json(answer.content)


def refusal(answer: httpx.Response) -> Problem:
    """The Problem that a problem document tells of; TryLater for an answer that tells of none."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if kind != PROBLEM:
        return TryLater("The service gave an answer nobody can read", retry_after=5)
    told = answer.json()
    slug = str(told.get("type", "")).rpartition(":")[2] or "problem"
    facts = {name: value for name, value in told.items() if name not in STANDARD}
    known = problem_class(slug, answer.status_code, str(told.get("title", "")))
    return known(str(told.get("detail", "")), **facts)


@lru_cache(maxsize=512)
def problem_class(slug: str, status: int, title: str) -> type[Problem]:
    """A Problem subclass whose slug, status and title are these."""
    name = "".join(word.capitalize() for word in slug.split("-"))
    return type(name, (Problem,), {"status": status, "title": title, "__doc__": title})
