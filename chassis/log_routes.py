"""The public log over HTTP: its signed head, its entries, and proofs anyone can check."""

import base64
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import PlainTextResponse

from chassis import log
from chassis.signing import Signer
from chassis.unit_of_work import ReadWork
from chassis.who import PUBLIC, asks
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


class Inclusion(BaseModel):
    """An RFC 6962 audit path, base64, from the leaf upwards."""

    index: int
    size: int
    leaf_hash: str
    root: str
    proof: list[str]


class Consistency(BaseModel):
    first: int
    second: int
    first_root: str
    second_root: str
    proof: list[str]


@cache
def _signer(keys: Path, service: str) -> Signer:
    return Signer.load(keys, f"{service}-checkpoints")


@router.get("/log/checkpoint", response_class=PlainTextResponse)
def checkpoint(request: Request, work: ReadWork) -> PlainTextResponse:
    """The head of the log as a signed note (C2SP tlog-checkpoint)."""
    settings = request.app.state.settings
    head = log.frontier(work.session)
    note = _signer(settings.keys, settings.service).checkpoint(head.size, head.root())
    return PlainTextResponse(note, headers={"Cache-Control": "no-store"})


@router.get("/log/entries")
def entries(
    work: ReadWork, start: Count = 0, limit: Annotated[int, Query(ge=1, le=MOST)] = 100
) -> Entries:
    """Leaves from `start` on. Payloads hold commitments, never what they commit to."""
    rows = log.entries(work.session, start, limit)
    found = [
        Entry(index=r.number, at=log.spell_instant(r.at), leaf=_b64(r.leaf), payload=r.payload)
        for r in rows
    ]
    return Entries(entries=found, size=log.frontier(work.session).size)


@router.get("/log/proof/inclusion")
def inclusion(work: ReadWork, index: Count, size: Count) -> Inclusion:
    """Proof that leaf `index` is in the tree of the first `size` leaves."""
    if not index < size <= log.frontier(work.session).size:
        raise NoSuchTree("Ask for a leaf and a size the log has reached")
    leaf = log.stored_leaf_hash(work.session, index)
    return Inclusion(
        index=index,
        size=size,
        leaf_hash=_b64(leaf),
        root=_b64(log.root_at(work.session, size)),
        proof=[_b64(step) for step in log.prove_inclusion(work.session, index, size)],
    )


@router.get("/log/proof/consistency")
def consistency(work: ReadWork, first: Count, second: Count) -> Consistency:
    """Proof that the tree of `second` leaves begins with the tree of `first` leaves."""
    if not first <= second <= log.frontier(work.session).size:
        raise NoSuchTree("Ask for sizes the log has reached, the smaller one first")
    return Consistency(
        first=first,
        second=second,
        first_root=_b64(log.root_at(work.session, first)),
        second_root=_b64(log.root_at(work.session, second)),
        proof=[_b64(step) for step in log.prove_consistency(work.session, first, second)],
    )


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
