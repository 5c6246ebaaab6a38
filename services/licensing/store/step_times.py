"""How long steps took: the steps that ended, and what they come to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Double, Select, Subquery, cast, func, select, tuple_
from sqlalchemy.orm import Session

from chassis.sifting import sifted
from contracts.licensing.language import StepStatus
from contracts.licensing.language_figures import TimesBy
from contracts.licensing.wire_statistics import PublishedTimesRow, StepEnded, TimesRow
from kernel.law.plan import StepKind
from services.licensing.store.case_tables import decision
from services.licensing.store.tables import application, step

DAY: Final = 86_400
FEWEST: Final = 5  # groups under five are not shown to the public
BY: Final = {
    TimesBy.MONTH: "month",
    TimesBy.STEP: "step",
    TimesBy.AGENCY: "agency",
    TimesBy.OFFICE: "office",
    TimesBy.LICENCE_TYPE: "licence_type",
}
Place = tuple[datetime, UUID, str, int]


@dataclass(frozen=True, slots=True)
class EndedSteps:
    """Steps that ended from `begins` on and before `ends`; None: whatever it is.

    Months are local: `minutes` is the country's distance from UTC.
    """

    begins: datetime
    ends: datetime
    minutes: int
    step: str | None = None
    agency: str | None = None
    office: str | None = None
    licence_type: str | None = None
    month: date | None = None
    late: bool | None = None
    lapsed: bool | None = None

    def rows(self) -> Select[Any]:
        """The steps themselves: figure and rows are both made of this."""
        all_of_them = _ended(self.minutes, self.begins, self.ends)
        names = (*BY.values(), "late", "lapsed")
        asked = {name: getattr(self, name) for name in names}
        return select(all_of_them).where(*sifted(all_of_them, **asked))


def month_of(instant: ColumnElement[datetime], minutes: int) -> ColumnElement[date]:
    """The first day of an instant's local month."""
    local = func.timezone("UTC", instant) + timedelta(minutes=minutes)
    return cast(func.date_trunc("month", local), Date)


def in_days(seconds: ColumnElement[Any]) -> ColumnElement[float]:
    return cast(seconds, Double) * (1.0 / DAY)


def _ended(minutes: int, begins: datetime, ends: datetime) -> Subquery:
    at = step.c.decided_at
    late = step.c.silence_stage > 0
    return (
        select(
            application.c.id.label("application"),
            application.c.code,
            application.c.licence_type,
            *(step.c[name] for name in ("step", "round", "agency", "office", "opened_at")),
            at.label("ended_at"),
            month_of(at, minutes).label("month"),
            in_days(func.extract("epoch", at - step.c.opened_at)).label("days"),
            in_days(step.c.stopped_seconds).label("stopped_days"),
            late.label("late"),
            (~late).label("within"),
            (step.c.status == StepStatus.LAPSED).label("lapsed"),
        )
        .join(application, application.c.id == step.c.application_id)
        .where(at >= begins, at < ends)
        .where(step.c.status.in_((StepStatus.DECIDED, StepStatus.LAPSED)))
        .subquery("ended")
    )


def times(session: Session, asked: EndedSteps, by: Collection[TimesBy]) -> list[TimesRow]:
    """The figure: what the rows come to, by what is named; by nothing, one line for all."""
    one = asked.rows().subquery("one")
    grouped = [one.c[name] for key, name in BY.items() if key in by]
    found = session.execute(
        select(
            *grouped,
            func.count().label("steps"),
            func.percentile_cont(0.5).within_group(one.c.days).label("median_days"),
            func.percentile_cont(0.9).within_group(one.c.days).label("p90_days"),
            func.count().filter(one.c.within).label("within"),
            (func.count().filter(one.c.within) * 1.0 / func.count()).label("within_share"),
            func.count().filter(one.c.late).label("late"),
            func.count().filter(one.c.lapsed).label("lapsed"),
            func.sum(one.c.stopped_days).label("stopped_days"),
        )
        .group_by(*grouped)
        .having(func.count() > 0)
        .order_by(*grouped)
    )
    nothing: dict[str, object] = dict.fromkeys(BY.values())
    return [TimesRow.model_validate(nothing | dict(row._mapping)) for row in found]


def steps_ended(
    session: Session, asked: EndedSteps, after: Place | None, limit: int
) -> list[StepEnded]:
    """The rows that the figure counts, in the order in which they ended."""
    one = asked.rows().subquery("one")
    place = (one.c.ended_at, one.c.application, one.c.step, one.c.round)
    wanted = select(one).order_by(*place).limit(limit)
    if after is not None:
        wanted = wanted.where(tuple_(*place) > after)
    return [StepEnded.model_validate(dict(row._mapping)) for row in session.execute(wanted)]


def place_of(row: StepEnded) -> tuple[str, str, str, int]:
    return row.ended_at.isoformat(), str(row.application), row.step, row.round


def published(
    session: Session, begins: datetime, ends: datetime, minutes: int
) -> list[PublishedTimesRow]:
    """Offices' steps by the month in which their answer was recorded: it never changes again.

    Not by the month in which they ended: an answer given on paper, recorded later, would change a
    month that was published before, and show alone what a group of five hides.
    """
    at, took = decision.c.recorded_at, step.c.decided_at - step.c.opened_at
    days = in_days(func.extract("epoch", took))
    by = (month_of(at, minutes).label("month"), step.c.step, step.c.agency, step.c.office)
    within = func.count().filter(step.c.silence_stage == 0) * 1.0
    grouped = (
        select(
            *by,
            func.count().label("steps"),
            func.percentile_cont(0.5).within_group(days).label("median_days"),
            func.percentile_cont(0.9).within_group(days).label("p90_days"),
            (within / func.count()).label("within_share"),
        )
        .join(
            decision,
            (decision.c.application_id == step.c.application_id)
            & (decision.c.step == step.c.step)
            & (decision.c.round == step.c.round),
        )
        .where(at >= begins, at < ends, step.c.kind != StepKind.FEE)
        .group_by("month", *by[1:])
        .order_by("month", *by[1:])
    )
    return [_published(dict(row._mapping)) for row in session.execute(grouped)]


def _published(row: dict[str, Any]) -> PublishedTimesRow:
    shown = row["steps"] >= FEWEST
    hidden: dict[str, Any] = dict.fromkeys(("steps", "median_days", "p90_days", "within_share"))
    return PublishedTimesRow.model_validate(row | {"shown": shown} | ({} if shown else hidden))
