"""Notices in the database: locked, due to be sent, due to be asked about, listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.messages.language import Channel
from kernel.problems import NotFound
from services.messages.domain.notice import SIGN_IN_CODE, Notice
from services.messages.store import mapping, tables

mapping.map_entities()
columns = tables.notice.c


@dataclass(frozen=True, slots=True)
class Notices:
    session: Session

    def find(self, notice: UUID) -> Notice | None:
        return self.session.get(Notice, notice)

    def take(self, notice: UUID) -> Notice:
        """Locked until the act is over. Raises NotFound."""
        wanted = select(Notice).where(columns.id == notice).with_for_update()
        found = self.session.scalars(wanted.execution_options(populate_existing=True)).first()
        if found is None:
            raise NotFound("There is no such notice")
        return found

    def add(self, notice: Notice) -> None:
        self.session.add(notice)
        self.session.flush()

    def due(self, channel: Channel, real_now: datetime, limit: int) -> Sequence[Notice]:
        """What is to be sent now, the oldest first, locked; others who look skip it."""
        wanted = (
            select(Notice)
            .where(columns.channel == channel, columns.next_try <= real_now)
            .order_by(columns.next_try, columns.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self.session.scalars(wanted).all()

    def unreported(self, real_now: datetime, limit: int) -> Sequence[Notice]:
        """Texts of whose delivery nothing was heard, locked; others who look skip them."""
        wanted = (
            select(Notice)
            .where(columns.next_look <= real_now)
            .order_by(columns.next_look)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self.session.scalars(wanted).all()

    def waiting(self) -> int:
        """How many are still to be sent."""
        unsent = select(func.count(columns.id)).where(columns.next_try.is_not(None))
        return self.session.scalars(unsent).one()

    def listed(
        self,
        *,
        case: UUID | None = None,
        addressees: Sequence[str] | None = None,
        before: UUID | None = None,
        limit: int,
    ) -> Sequence[Notice]:
        """The newest first, without sign-in codes; `before` is the last one of the page before."""
        wanted = select(Notice).where(columns.kind != SIGN_IN_CODE)
        if case is not None:
            wanted = wanted.where(columns.case_id == case)
        if addressees is not None:
            wanted = wanted.where(columns.addressee.in_(addressees))
        if before is not None:
            wanted = wanted.where(columns.id < before)
        return self.session.scalars(wanted.order_by(columns.id.desc()).limit(limit)).all()

    def was_told(self, case: UUID, addressees: Sequence[str]) -> bool:
        """Whether one of these was told anything of the case."""
        here = (columns.case_id == case, columns.addressee.in_(addressees))
        return self.session.scalars(select(columns.id).where(*here).limit(1)).first() is not None
