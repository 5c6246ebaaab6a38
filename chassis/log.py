"""The public log of a service: appends a leaf in the act's own transaction, reads proofs back."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, bindparam, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from chassis.database import around
from chassis.tables import log_head, log_leaf, log_node
from kernel.log.canonical import parse_canonical
from kernel.log.leaf import make_leaf
from kernel.log.tree import (
    Frontier,
    Place,
    consistency_places,
    consistency_proof,
    inclusion_places,
    inclusion_proof,
    leaf_hash,
)

SALT_BYTES = 32
APPEND: Final = text(
    """
    with leaf as (
      insert into log_leaf ("index", at, leaf, payload, salt)
      values (:index, :at, :leaf, :payload, :salt)
    ), node as (
      insert into log_node (level, "index", hash)
      select * from unnest(cast(:levels as smallint[]), cast(:numbers as bigint[]),
                           cast(:hashes as bytea[]))
    )
    update log_head set size = :size, last_at = :at, frontier = :frontier
    """
).bindparams(bindparam("payload", type_=JSONB))
"""One round trip while everybody else waits for the head."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry: `at` is the recorded instant, `salt` opens the commitment to its payload."""

    index: int
    at: datetime
    hash: bytes
    salt: bytes
    commitment: bytes


@dataclass(frozen=True, slots=True)
class LockedHead:
    """The head of the log; nobody else gets a number before this transaction ends."""

    frontier: Frontier
    at: datetime


def lock_head(session: Session) -> LockedHead:
    """Lock the head, then read the clock: numbers and instants of the log rise together."""
    row = session.execute(select(log_head.c.frontier, log_head.c.last_at).with_for_update()).one()
    now = around(session).clock.legal_now(session)
    return LockedHead(Frontier.from_bytes(row.frontier), max(now, row.last_at or now))


def append(
    session: Session,
    kind: str,
    subject: UUID | str,
    payload: Mapping[str, Any],
    head: LockedHead | None = None,
) -> Leaf:
    """Append a leaf. Only a salted commitment to `payload` enters it, so it may hold personal data.

    `head` is given by who has locked it just before. Raises NotCanonical for a payload that has no
    canonical spelling (floats, integers beyond 2^53).
    """
    head = head or lock_head(session)
    index, salt = head.frontier.size, secrets.token_bytes(SALT_BYTES)
    facts = make_leaf(kind, str(subject), head.at, payload, salt, index=index)
    leaf, public = facts.to_bytes(), parse_canonical(facts.to_bytes())
    frontier, nodes = head.frontier.grow(leaf_hash(leaf))
    row = {"index": index, "at": head.at, "leaf": leaf, "payload": public, "salt": salt}
    session.execute(
        APPEND,
        row
        | {
            "size": frontier.size,
            "frontier": frontier.to_bytes(),
            "levels": [node.place.level for node in nodes],
            "numbers": [node.place.number for node in nodes],
            "hashes": [node.hash for node in nodes],
        },
    )
    return Leaf(index, head.at, facts.hash(), salt, bytes.fromhex(facts.commitment))


def frontier(session: Session) -> Frontier:
    """The committed tree's right edge."""
    return Frontier.from_bytes(session.scalars(select(log_head.c.frontier)).one())


def entries(session: Session, start: int, count: int) -> list[Row[Any]]:
    """Leaves `start` and following, each with number, at, leaf and payload (never the salt)."""
    number = log_leaf.c.index.label("number")  # a row's `index` would be the tuple's method
    columns = (number, log_leaf.c.at, log_leaf.c.leaf, log_leaf.c.payload)
    wanted = select(*columns).where(log_leaf.c.index >= start).order_by(log_leaf.c.index)
    return list(session.execute(wanted.limit(count)))


def stored_leaf_hash(session: Session, index: int) -> bytes:
    """The hash of a leaf that is in the log."""
    return _stored(session, [Place(0, index)])[Place(0, index)]


def prove_inclusion(session: Session, index: int, size: int) -> list[bytes]:
    """The audit path of a leaf; ValueError when such a tree has no such leaf."""
    stored = _stored(session, inclusion_places(index, size))
    return inclusion_proof(index, size, stored.__getitem__)


def prove_consistency(session: Session, first: int, second: int) -> list[bytes]:
    """Proof that the second tree begins with the first; ValueError when it is the shorter one."""
    stored = _stored(session, consistency_places(first, second))
    return consistency_proof(first, second, stored.__getitem__)


def root_at(session: Session, size: int) -> bytes:
    """The root the log had when it was `size` leaves long."""
    places: list[Place] = []

    def note(place: Place) -> bytes:
        places.append(place)
        return bytes(32)

    Frontier.at(size, note)
    return Frontier.at(size, _stored(session, places).__getitem__).root()


def _stored(session: Session, places: Iterable[Place]) -> dict[Place, bytes]:
    wanted = set(places)
    if not wanted:
        return {}
    here = tuple_(log_node.c.level, log_node.c.index)
    rows = session.execute(
        select(log_node.c.level, log_node.c.index, log_node.c.hash).where(here.in_(wanted))
    )
    return {Place(level, number): found for level, number, found in rows}
