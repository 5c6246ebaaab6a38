"""Calendar changes in the database, and the calendars that follow from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.database import send
from kernel.problems import NotFound
from services.licensing.domain.calendar_entry import CalendarEntry
from services.licensing.store import mapping
from services.licensing.store.case_tables import calendar_entry

mapping.map_entities()
IN_FORCE: Final = 0x6C << 56  # an advisory lock: what changes the calendar waits for who reckons
STAY: Final = "select pg_advisory_xact_lock_shared(%(key)s)"
APPROVED: Final = (
    select(CalendarEntry)
    .where(calendar_entry.c.version.is_not(None))
    .order_by(calendar_entry.c.version)
)


@dataclass(frozen=True, slots=True)
class Calendars:
    session: Session

    def stay(self) -> None:
        """No change comes into force until this act is over. Call it before any row is locked.

        An act that reckons a time beside an approval would otherwise keep the time as it was
        before, and the approval would not see what that act has opened.
        """
        send(self.session, STAY, {"key": IN_FORCE})

    def change(self) -> None:
        """Wait for every act that reckons times; until this one is over no other begins."""
        self.session.execute(select(func.pg_advisory_xact_lock(IN_FORCE)))

    def approved(self) -> Sequence[CalendarEntry]:
        """The changes in force, in the order of their approval."""
        return self.session.scalars(APPROVED).all()

    def all(self) -> Sequence[CalendarEntry]:
        """Every change, proposed or approved, the newest first."""
        wanted = select(CalendarEntry).order_by(calendar_entry.c.proposed_at.desc())
        return self.session.scalars(wanted).all()

    def take(self, entry: UUID) -> CalendarEntry:
        """One change, locked. Raises NotFound."""
        wanted = select(CalendarEntry).where(calendar_entry.c.id == entry).with_for_update()
        found = self.session.scalars(wanted.execution_options(populate_existing=True)).first()
        if found is None:
            raise NotFound("There is no such change of the calendar")
        return found

    def next_version(self) -> int:
        """The number of the next approved change; the caller holds the log's head."""
        newest = select(func.max(calendar_entry.c.version))
        return (self.session.scalars(newest).one() or 0) + 1
