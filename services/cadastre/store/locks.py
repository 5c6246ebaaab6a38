"""Locks on ground: acts that decide about the same place wait for each other, others do not."""

from sqlalchemy import text
from sqlalchemy.orm import Session

TILE_MM = 5_000_000  # five kilometres
MOST_TILES = 64
CLASS = 0x67 << 56  # apart from other advisory locks of this database
EVERYWHERE = CLASS

_TILES = text(
    "with whole as materialized (select pg_advisory_xact_lock_shared(:whole))"
    " select count(pg_advisory_xact_lock(key)) from whole,"
    " (select unnest(cast(:keys as bigint[])) as key order by 1 offset 0) as sorted"
)
_WHOLE = text("select pg_advisory_xact_lock(:key)")


def lock_ground(session: Session, bbox_mm: tuple[int, int, int, int]) -> None:
    """Hold the tiles under a box until commit; in order, so that no two wait for each other.

    A box of more than 64 tiles holds the whole country instead.
    """
    xmin, ymin, xmax, ymax = (value // TILE_MM for value in bbox_mm)
    keys = [_key(x, y) for x in range(xmin, xmax + 1) for y in range(ymin, ymax + 1)][
        : MOST_TILES + 1
    ]
    if len(keys) > MOST_TILES:
        session.execute(_WHOLE, {"key": EVERYWHERE})
        return
    session.execute(_TILES, {"whole": EVERYWHERE, "keys": keys})


def _key(x: int, y: int) -> int:
    return CLASS + ((x & 0xFFFFFF) << 24) + (y & 0xFFFFFF) + 1
