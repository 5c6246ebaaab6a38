"""Shapes that all of licensing's answers and requests are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=48)]
Person = Annotated[str, StringConstraints(pattern=r"^(public|staff):[A-Za-z0-9._-]{1,80}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Words(BaseModel):
    """A request: unknown members are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class View(BaseModel):
    """An answer: made from entities, may gain members later."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Signed(Words):
    """A signed document: Ed25519 over its purpose and the canonical bytes of `body`."""

    body: dict[str, object]
    key: str
    signature: str
