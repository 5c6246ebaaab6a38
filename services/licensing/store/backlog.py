"""The backlog: the steps that await an answer, and how many of them are how old."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select, tuple_
from sqlalchemy.orm import Session

from chassis.sifting import sifted
from contracts.licensing.language import StepStatus
from contracts.licensing.language_figures import Age
from contracts.licensing.wire_statistics import BacklogRow, StepWaiting
from services.licensing.store.tables import application, step

Place = tuple[datetime, UUID, str]


@dataclass(frozen=True, slots=True)
class WaitingSteps:
    """Steps that are open or stopped at `now`; None: whatever it is."""

    now: datetime
    step: str | None = None
    agency: str | None = None
    office: str | None = None
    licence_type: str | None = None
    status: StepStatus | None = None
    overdue: bool | None = None
    age: Age | None = None

    def rows(self) -> Select[Any]:
        """The steps themselves: figure and rows are both made of this."""
        week, month = self.now - timedelta(days=7), self.now - timedelta(days=30)
        opened = step.c.opened_at
        age = case(
            (opened >= week, Age.UNDER_WEEK.value),
            (opened >= month, Age.UNDER_MONTH.value),
            else_=Age.OLDER.value,
        )
        told = ("step", "round", "agency", "office", "status", "opened_at", "due_at")
        here = (
            select(
                application.c.id.label("application"),
                application.c.code,
                application.c.licence_type,
                *(step.c[name] for name in told),
                func.coalesce(step.c.due_at < self.now, False).label("overdue"),
                age.label("age"),
            )
            .join(application, application.c.id == step.c.application_id)
            .where(step.c.status.in_((StepStatus.OPEN, StepStatus.STOPPED)))
            .subquery("here")
        )
        names = ("step", "agency", "office", "licence_type", "status", "overdue", "age")
        asked = {name: getattr(self, name) for name in names}
        return select(here).where(*sifted(here, **asked))


def backlog(session: Session, asked: WaitingSteps) -> list[BacklogRow]:
    """The figure: what waits at each office, and for how long."""
    one = asked.rows().subquery("one")
    by = (one.c.office, one.c.agency, one.c.step)
    found = session.execute(
        select(
            *by,
            func.count().label("open"),
            func.count().filter(one.c.status == StepStatus.STOPPED).label("stopped"),
            func.count().filter(one.c.overdue).label("overdue"),
            *(
                func.count().filter(one.c.age == age.value).label(age.value.replace("-", "_"))
                for age in Age
            ),
            func.min(one.c.opened_at).label("oldest"),
        )
        .group_by(*by)
        .order_by(*by)
    )
    return [BacklogRow.model_validate(dict(row._mapping)) for row in found]


def steps_waiting(
    session: Session, asked: WaitingSteps, after: Place | None, limit: int
) -> list[StepWaiting]:
    """The rows that the figure counts, the oldest first."""
    one = asked.rows().subquery("one")
    place = (one.c.opened_at, one.c.application, one.c.step)
    wanted = select(one).order_by(*place).limit(limit)
    if after is not None:
        wanted = wanted.where(tuple_(*place) > after)
    return [StepWaiting.model_validate(dict(row._mapping)) for row in session.execute(wanted)]


def place_of(row: StepWaiting) -> tuple[str, str, str]:
    return row.opened_at.isoformat(), str(row.application), row.step
