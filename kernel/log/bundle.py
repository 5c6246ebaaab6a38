"""Proof bundles: everything `verify.py` needs to judge one leaf or two checkpoints, as one JSON."""

import base64
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kernel.log.canonical import JSON

Base64 = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]*={0,2}$")]


class Disclosed(BaseModel):
    """A leaf's payload with its salt (base64), for those who may see it."""

    model_config = ConfigDict(frozen=True)

    payload: dict[str, object]
    salt: Base64


class InclusionBundle(BaseModel):
    """Leaf bytes, its number, the audit path and the signed checkpoint they lead to."""

    model_config = ConfigDict(frozen=True)

    leaf: Base64
    index: int = Field(ge=0)
    size: int = Field(ge=1)
    hashes: list[Base64]
    checkpoint: str
    disclosed: Disclosed | None = None


class ConsistencyBundle(BaseModel):
    """Two signed checkpoints of one log and the proof that the later grew from the earlier."""

    model_config = ConfigDict(frozen=True)

    first: str
    second: str
    hashes: list[Base64]


def inclusion_bundle(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], checkpoint: str
) -> InclusionBundle:
    """The bundle of one leaf in the tree of `size` leaves that the signed checkpoint names."""
    return InclusionBundle(
        leaf=_encoded(leaf),
        index=index,
        size=size,
        hashes=[_encoded(one) for one in proof],
        checkpoint=checkpoint,
    )


def disclosing(bundle: InclusionBundle, payload: dict[str, JSON], salt: bytes) -> InclusionBundle:
    """The same bundle with the payload and salt that the leaf committed to."""
    disclosed = Disclosed(payload=dict(payload), salt=_encoded(salt))
    return bundle.model_copy(update={"disclosed": disclosed})


def consistency_bundle(first: str, second: str, proof: Sequence[bytes]) -> ConsistencyBundle:
    """The bundle for two signed checkpoints of one log."""
    return ConsistencyBundle(first=first, second=second, hashes=[_encoded(one) for one in proof])


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
