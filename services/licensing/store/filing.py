"""The filing sequence: numbers of lodgements, one after the other, without gaps."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import log
from chassis.tables import log_leaf
from services.licensing.store.tables import filing_head


def next_filing_seq(session: Session) -> int:
    """The next number. Lock the log's head before: numbers then rise with commits and instants.

    A lodgement that is undone gives its number back, because the row's change is undone with it.
    """
    step = update(filing_head).values(last_seq=filing_head.c.last_seq + 1)
    number: int = session.scalars(step.returning(filing_head.c.last_seq)).one()
    return number


def head_instant(session: Session, size: int, root: bytes) -> datetime | None:
    """When the log came to be `size` leaves long; None when it never had this root."""
    if size > log.frontier(session).size or log.root_at(session, size) != root:
        return None
    last = select(log_leaf.c.at).where(log_leaf.c.index == size - 1)
    found: datetime = session.scalars(last).one()
    return found
