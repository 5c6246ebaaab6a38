"""Subscribers in the database: by id and by the number they hold now."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kernel.problems import NotFound
from services.messages.domain.subscriber import Subscriber
from services.messages.store import mapping, tables

mapping.map_entities()
columns = tables.subscriber.c


@dataclass(frozen=True, slots=True)
class Subscribers:
    session: Session

    def find(self, subscriber: UUID | None) -> Subscriber | None:
        return None if subscriber is None else self.session.get(Subscriber, subscriber)

    def take(self, subscriber: UUID) -> Subscriber:
        """Locked until the act is over. Raises NotFound."""
        wanted = select(Subscriber).where(columns.id == subscriber).with_for_update()
        found = self.session.scalars(wanted.execution_options(populate_existing=True)).first()
        if found is None:
            raise NotFound("There is no such subscriber")
        return found

    def holding(self, phone: str) -> Subscriber | None:
        """Who holds the number now; of two acts about one number the second waits here."""
        self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(phone, 7))))
        here = (columns.phone == phone, columns.released_at.is_(None))
        return self.session.scalars(select(Subscriber).where(*here)).first()

    def to_sign_out(self, limit: int) -> Sequence[UUID]:
        """Whose number was stopped, and whose sessions may still go on."""
        stopped = or_(columns.blocked_at.is_not(None), columns.released_at.is_not(None))
        wanted = select(columns.id).where(columns.signed_out_at.is_(None), stopped)
        return self.session.scalars(wanted.order_by(columns.id).limit(limit)).all()

    def add(self, subscriber: Subscriber) -> None:
        self.session.add(subscriber)
        self.session.flush()
