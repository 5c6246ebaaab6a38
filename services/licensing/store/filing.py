"""The filing sequence: numbers of lodgements, one after the other, without gaps."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from chassis import log
from chassis.database import send
from chassis.tables import log_leaf
from services.licensing.store.tables import former_place

NEXT: Final = "update filing_head set last_seq = last_seq + 1 returning last_seq"


def next_filing_seq(session: Session) -> int:
    """The next number. Lock the log's head before: numbers then rise with commits and instants.

    A lodgement that is undone gives its number back, because the row's change is undone with it.
    """
    number: int = send(session, NEXT, {}).scalar_one()
    return number


def keep_former_place(
    session: Session, application: UUID, seq: int, lodged_at: datetime, lost_at: datetime
) -> None:
    """The number stays this application's for good, though it gives it no priority any more."""
    last = select(func.max(former_place.c.lost_at)).where(
        former_place.c.application_id == application
    )
    since = session.scalars(last).one() or lodged_at
    row = {"filing_seq": seq, "application_id": application, "since": since, "lost_at": lost_at}
    session.execute(insert(former_place).values(row))


def head_instant(session: Session, size: int, root: bytes) -> datetime | None:
    """When the log came to be `size` leaves long; None when it never had this root."""
    if size > log.frontier(session).size or log.root_at(session, size) != root:
        return None
    last = select(log_leaf.c.at).where(log_leaf.c.index == size - 1)
    found: datetime = session.scalars(last).one()
    return found
