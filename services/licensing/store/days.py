"""The day ledger in the database: written anew whenever the case begins to wait for another."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from services.licensing.domain.day_ledger import DayRow
from services.licensing.store.case_tables import day_share


@dataclass(frozen=True, slots=True)
class Days:
    session: Session

    def replace(self, case: UUID, rows: Sequence[DayRow]) -> None:
        """Put these rows in place of the case's ledger."""
        self.session.execute(delete(day_share).where(day_share.c.application_id == case))
        if rows:
            told = [
                {
                    "application_id": case,
                    "day": row.day,
                    "party": row.party,
                    "working": row.working,
                    "microseconds": row.microseconds,
                }
                for row in rows
            ]
            self.session.execute(insert(day_share), told)
