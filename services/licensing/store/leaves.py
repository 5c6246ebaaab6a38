"""Leaves of the service's own log with their salts, for those who may see what they commit to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.tables import log_leaf


def leaf_with_salt(session: Session, index: int) -> tuple[bytes, bytes]:
    """The bytes and the salt of a leaf that is in the log."""
    wanted = select(log_leaf.c.leaf, log_leaf.c.salt).where(log_leaf.c.index == index)
    row = session.execute(wanted).one()
    return row.leaf, row.salt
