"""Idempotency of requests: the first effect of a person's key wins, its repeats get its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, TypeAdapter

from chassis import answers
from chassis.intake import BODY_HASH
from chassis.rate_limits import client_address
from chassis.sealing import Sealing
from chassis.unit_of_work import AtUnitOfWork, UnitOfWork
from kernel.problems import Malformed

T = TypeVar("T")

KEY: Final = "Idempotency-Key"
JSON: Final = "application/json"


class KeyUsedBefore(Malformed):
    """The key was used for another request; a new request needs a new key."""

    title = "This key belongs to another request"


class KeyNotReadable(Malformed):
    """The key must be 1 to 200 visible ASCII characters, best a random UUID."""

    title = "The idempotency key is not readable"


def request_key(key: Annotated[str, Header(alias=KEY, min_length=1, max_length=200)]) -> str:
    if not key.isascii() or not key.isprintable():
        raise KeyNotReadable("Use a random UUID")
    return key


@dataclass(frozen=True, slots=True)
class Once:
    """Acts at most once for a key: `return once(lambda: act(work, …), Shape, status=201)`."""

    work: UnitOfWork
    request: Request
    key: str

    def __call__(
        self,
        act: Callable[[], T],
        shape: type[BaseModel] | Any,
        *,
        status: int = 200,
        headers: Callable[[T], Mapping[str, str]] | None = None,
        media_type: str = JSON,
    ) -> Response:
        """Carry out `act`, or give the stored answer of the first time, equal to the byte.

        What `act` gives is read into `shape` (attributes or members) and spelled as JSON; bytes
        are taken as they are. The answer is stored in the act's transaction, sealed with the key,
        of which only a digest is kept: an answer may hold what is shown once. Refusals are not
        stored. Raises KeyUsedBefore when the key came with another body or route.
        """
        sealing = Sealing(self._person(), self.key)
        whose = answers.Key(answers.REQUEST, sealing.person, sealing.name)
        route, body = self._route(), self.request.scope[BODY_HASH]
        found = answers.claim(self.work.session, whose, route, body, self.work.now)
        if found is not None:
            if (found.route, found.body_hash) != (route, body):
                raise KeyUsedBefore("Send a new request with a new key")
            told = {**found.headers, "Idempotent-Replay": "true"}
            return Response(sealing.unseal(found.answer), found.status, told)
        made = act()
        text = made if isinstance(made, bytes) else spell(made, shape)
        told = {"Content-Type": media_type, **(headers(made) if headers else {})}
        answers.keep(self.work.session, whose, status, sealing.seal(text), told)
        return Response(text, status, told)

    def _person(self) -> str:
        """Whose key it is: the person's, or the calling address's where nobody has signed in."""
        return self.work.actor.person or f"address:{client_address(self.request)}"

    def _route(self) -> str:
        return f"{self.request.method} {self.request.url.path}"


def spell(made: object, shape: Any) -> bytes:
    """The answer's bytes: `made` as the wire shape says, from attributes where it is no model."""
    adapter: TypeAdapter[Any] = TypeAdapter(shape)
    return adapter.dump_json(adapter.validate_python(made, from_attributes=True), by_alias=True)


def open_once(
    work: AtUnitOfWork, request: Request, key: Annotated[str, Depends(request_key)]
) -> Once:
    return Once(work, request, key)


AtOnce = Annotated[Once, Depends(open_once)]
