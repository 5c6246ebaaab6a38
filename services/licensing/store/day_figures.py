"""Where the days went: the day ledgers of cases, and what they come to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from chassis.sifting import sifted
from contracts.licensing.wire_statistics import CaseDays, LedgerRow
from services.licensing.store.case_tables import day_share
from services.licensing.store.tables import application

MICROSECONDS_A_DAY: Final = 86_400_000_000
Place = tuple[datetime, UUID, str]


@dataclass(frozen=True, slots=True)
class LedgersOf:
    """Cases lodged from `begins` on and before `ends`; None: whatever it is."""

    begins: datetime
    ends: datetime
    licence_type: str | None = None
    office: str | None = None
    party: str | None = None

    def rows(self) -> Select[Any]:
        """Each party's part of each case: figure and rows are both made of this."""
        case = application.c
        parts = (
            select(
                case.id.label("application"),
                case.code,
                case.licence_type,
                case.office,
                case.lodged_at,
                day_share.c.party,
                (func.sum(day_share.c.microseconds) / MICROSECONDS_A_DAY).label("days"),
            )
            .join(application, case.id == day_share.c.application_id)
            .where(case.lodged_at >= self.begins, case.lodged_at < self.ends)
            .group_by(case.id, day_share.c.party)
            .subquery("parts")
        )
        asked = {name: getattr(self, name) for name in ("licence_type", "office", "party")}
        return select(parts).where(*sifted(parts, **asked))


def ledger(session: Session, asked: LedgersOf) -> list[LedgerRow]:
    """The figure: to whom the days belong."""
    one = asked.rows().subquery("one")
    by = (one.c.licence_type, one.c.party)
    found = session.execute(
        select(*by, func.count().label("cases"), func.sum(one.c.days).label("days"))
        .group_by(*by)
        .order_by(*by)
    )
    return [LedgerRow.model_validate(dict(row._mapping)) for row in found]


def cases_days(
    session: Session, asked: LedgersOf, after: Place | None, limit: int
) -> list[CaseDays]:
    """The rows that the figure adds up, in the order of lodgement."""
    one = asked.rows().subquery("one")
    place = (one.c.lodged_at, one.c.application, one.c.party)
    wanted = select(one).order_by(*place).limit(limit)
    if after is not None:
        wanted = wanted.where(tuple_(*place) > after)
    return [CaseDays.model_validate(dict(row._mapping)) for row in session.execute(wanted)]


def place_of(row: CaseDays) -> tuple[str, str, str]:
    return row.lodged_at.isoformat(), str(row.application), row.party
