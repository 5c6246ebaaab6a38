"""What the other services told of a case: under which number it stands here, and the ground."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from services.licensing.store.case_tables import MOVING, area_state, foreign_fact


@dataclass(frozen=True, slots=True)
class ForeignFacts:
    session: Session

    def last(self, case: UUID, source: str) -> int:
        """The newest number of that source that the journal holds; 0 for none."""
        here = (foreign_fact.c.application_id == case, foreign_fact.c.source == source)
        newest = select(func.max(foreign_fact.c.source_seq)).where(*here)
        return self.session.scalars(newest).one() or 0

    def seq(self, case: UUID, source: str, source_seq: int) -> int:
        """Our own number of a fact that the journal holds."""
        wanted = select(foreign_fact.c.seq).where(
            foreign_fact.c.application_id == case,
            foreign_fact.c.source == source,
            foreign_fact.c.source_seq == source_seq,
        )
        found: int = self.session.scalars(wanted).one()
        return found

    def note(self, case: UUID, source: str, source_seq: int, seq: int) -> None:
        """Remember the number it got here."""
        row = {"application_id": case, "source": source, "source_seq": source_seq, "seq": seq}
        self.session.execute(insert(foreign_fact).values(row))

    def never_entered(self, case: UUID, since: datetime) -> None:
        """The cadastre refused the ground: nobody waits for its entry. What it told stays."""
        row = upsert(area_state).values(application_id=case, status="refused", since=since)
        self.session.execute(row.on_conflict_do_nothing())

    def moves(self, case: UUID, since: datetime) -> None:
        """Its place has changed: the cadastre has not reported the ground at the new one yet."""
        moving = update(area_state).values(status=MOVING, since=since)
        here = (area_state.c.application_id == case, area_state.c.status == "entered")
        self.session.execute(moving.where(*here))

    def area(
        self,
        case: UUID,
        status: str,
        since: datetime,
        hectares: Decimal | None,
        junior_to: int | None,
    ) -> None:
        """The state of the application's ground as the cadastre last told it."""
        row = upsert(area_state).values(
            application_id=case, status=status, since=since, hectares=hectares, junior_to=junior_to
        )
        newer: dict[str, object] = {"status": status, "since": since}
        newer |= {"hectares": hectares} if hectares is not None else {}
        newer |= {"junior_to": junior_to} if junior_to is not None else {}
        self.session.execute(
            row.on_conflict_do_update(index_elements=[area_state.c.application_id], set_=newer)
        )
