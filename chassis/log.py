"""The public log of a service: appends a leaf in the act's own transaction, reads proofs back."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select, tuple_
from sqlalchemy.orm import Session

from chassis.database import around, send
from chassis.signing import b64
from chassis.tables import log_head, log_leaf, log_node
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
HEAD: Final = "with head as materialized (select frontier, last_at from log_head for update)"
COUNTED: Final = """, counted as (
  insert into case_counter (case_id, last_seq) select %(case)s::uuid, 1 from head
  on conflict (case_id) do update set last_seq = case_counter.last_seq + 1
  returning last_seq
)"""
AHEAD: Final[dict[str, str]] = {
    "production": "0",
    "training": "(select offset_seconds from clock)",
}
GROWTH: Final = """
leaf as (
  insert into log_leaf ("index", at, leaf, payload, salt)
  values (%(index)s, %(at)s, %(leaf)s, convert_from(%(leaf)s, 'UTF8')::jsonb, %(salt)s)
), node as (
  insert into log_node (level, "index", hash)
  select * from unnest(%(levels)s::smallint[], %(numbers)s::bigint[], %(hashes)s::bytea[])
), grown as (
  update log_head set size = %(size)s, last_at = %(at)s, frontier = %(frontier)s
)"""
"""What one more leaf writes, as parts of one statement: everybody else waits for the head."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry: `at` is the recorded instant, `salt` opens the commitment to its payload."""

    index: int
    at: datetime
    hash: bytes
    salt: bytes
    commitment: bytes

    def told(self) -> dict[str, Any]:
        """Where the log holds what was done, with the salt that opens the commitment: receipts."""
        return {
            "index": self.index,
            "leaf_hash": self.hash.hex(),
            "salt": b64(self.salt),
            "commitment": self.commitment.hex(),
        }


@dataclass(frozen=True, slots=True)
class LockedHead:
    """The head of the log; nobody else gets a number before this transaction ends.

    `seq` is the next event_seq of the case it was locked for, 0 where it was locked for none.
    """

    frontier: Frontier
    at: datetime
    case: UUID | None = None
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Growth:
    """A leaf that is reckoned and not yet written, with the values that `GROWTH` names."""

    leaf: Leaf
    head: LockedHead
    values: Mapping[str, Any]


def lock_head(session: Session, case: UUID | None = None) -> LockedHead:
    """Lock the head, then read the clock: numbers and instants of the log rise together.

    What the act has changed so far is written before. With a `case` its counter is taken after the
    head in the same round trip, so that all acts lock in one order.
    """
    session.flush()
    clock = around(session).clock
    counted, seq = (COUNTED, "counted.last_seq") if case else ("", "0")
    statement = (
        f"{HEAD}{counted} select frontier, last_at, {AHEAD[clock.mode]} as ahead, {seq} as seq"
        f" from head{', counted' if case else ''}"
    )
    row = send(session, statement, {"case": case}).one()
    now = clock.ahead(row.ahead)
    at = max(now, row.last_at or now)
    return LockedHead(Frontier.from_bytes(row.frontier), at, case, row.seq)


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
    growth = grow(head or lock_head(session), kind, subject, payload)
    send(session, f"with {GROWTH} select 1", growth.values)
    return growth.leaf


def grow(head: LockedHead, kind: str, subject: UUID | str, payload: Mapping[str, Any]) -> Growth:
    """The next leaf and what it changes; whoever asks for it writes it before the head is left.

    Raises NotCanonical.
    """
    index, salt = head.frontier.size, secrets.token_bytes(SALT_BYTES)
    facts = make_leaf(kind, str(subject), head.at, payload, salt, index=index)
    entry = facts.to_bytes()
    digest = leaf_hash(entry)
    frontier, nodes = head.frontier.grow(digest)
    values = {
        "index": index,
        "at": head.at,
        "leaf": entry,
        "salt": salt,
        "size": frontier.size,
        "frontier": frontier.to_bytes(),
        "levels": [node.place.level for node in nodes],
        "numbers": [node.place.number for node in nodes],
        "hashes": [node.hash for node in nodes],
    }
    leaf = Leaf(index, head.at, digest, salt, bytes.fromhex(facts.commitment))
    return Growth(leaf, head, values)


def frontier(session: Session) -> Frontier:
    """The committed tree's right edge."""
    return Frontier.from_bytes(session.scalars(select(log_head.c.frontier)).one())


def entries(session: Session, start: int, count: int) -> list[Row[Any]]:
    """Leaves `start` and following, each with number, at, leaf and payload (never the salt)."""
    number = log_leaf.c.index.label("number")  # a row's `index` would be the tuple's method
    columns = (number, log_leaf.c.at, log_leaf.c.leaf, log_leaf.c.payload)
    wanted = select(*columns).where(log_leaf.c.index >= start).order_by(log_leaf.c.index)
    return list(session.execute(wanted.limit(count)))


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
