"""The public log over HTTP: its signed head, its entries, and proofs anyone can check."""

import base64
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import PlainTextResponse

from chassis import log
from chassis.problem_json import answers
from chassis.signing import Signer
from chassis.unit_of_work import ReadWork
from chassis.who import PUBLIC, asks
from kernel.log.bundle import (
    ConsistencyBundle,
    InclusionBundle,
    consistency_bundle,
    inclusion_bundle,
)
from kernel.log.leaf import instant
from kernel.problems import NotFound

MOST: Final = 1000
Count = Annotated[int, Query(ge=0, lt=1 << 53)]

router = APIRouter(tags=["log"], dependencies=[Depends(asks(PUBLIC))])


class NoSuchTree(NotFound):
    """The log has no leaf of that number, or is not that long yet."""

    title = "The log has no such leaf or size"


class Entry(BaseModel):
    """`leaf` is base64 of the bytes that are hashed: the canonical JSON of `payload`."""

    index: int
    at: str
    leaf: str
    payload: dict[str, str | int]


class Entries(BaseModel):
    entries: list[Entry]
    size: int


@cache
def _signer(keys: Path, service: str) -> Signer:
    return Signer.load(keys, f"{service}-checkpoints")


def _signed(request: Request, size: int, root: bytes) -> str:
    settings = request.app.state.settings
    return _signer(settings.keys, settings.service).checkpoint(size, root)


@router.get("/log/checkpoint", response_class=PlainTextResponse)
def checkpoint(request: Request, work: ReadWork) -> PlainTextResponse:
    """The head of the log as a signed note (C2SP tlog-checkpoint)."""
    head = log.frontier(work.session)
    note = _signed(request, head.size, head.root())
    return PlainTextResponse(note, headers={"Cache-Control": "no-store"})


@router.get("/log/entries")
def entries(
    work: ReadWork, start: Count = 0, limit: Annotated[int, Query(ge=1, le=MOST)] = 100
) -> Entries:
    """Leaves from `start` on. Payloads hold commitments, never what they commit to."""
    rows = log.entries(work.session, start, limit)
    found = [
        Entry(index=r.number, at=instant(r.at), leaf=_b64(r.leaf), payload=r.payload) for r in rows
    ]
    return Entries(entries=found, size=log.frontier(work.session).size)


@router.get("/log/proof/inclusion", responses=answers(NoSuchTree))
def inclusion(
    request: Request, work: ReadWork, index: Count, size: Count | None = None
) -> InclusionBundle:
    """Leaf `index` with its proof (RFC 6962) and the signed head of the first `size` leaves.

    `size` is by default the whole log's. `verify.py` reads the answer as it is.
    """
    whole = log.frontier(work.session).size
    size = whole if size is None else size
    if not index < size <= whole:
        raise NoSuchTree("Ask for a leaf and a size the log has reached")
    (row,) = log.entries(work.session, index, 1)
    proof = log.prove_inclusion(work.session, index, size)
    note = _signed(request, size, log.root_at(work.session, size))
    return inclusion_bundle(row.leaf, index, size, proof, note)


@router.get("/log/proof/consistency", responses=answers(NoSuchTree))
def consistency(
    request: Request, work: ReadWork, first: Count, second: Count | None = None
) -> ConsistencyBundle:
    """Proof that the log of `second` leaves begins with that of `first`, with both signed heads."""
    whole = log.frontier(work.session).size
    second = whole if second is None else second
    if not first <= second <= whole:
        raise NoSuchTree("Ask for sizes the log has reached, the smaller one first")
    older = _signed(request, first, log.root_at(work.session, first))
    newer = _signed(request, second, log.root_at(work.session, second))
    return consistency_bundle(older, newer, log.prove_consistency(work.session, first, second))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
