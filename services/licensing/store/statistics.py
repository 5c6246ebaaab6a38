"""What the ministry sees: counted from the rows themselves, straight to the wire's shapes."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Date, cast, func, select, text
from sqlalchemy.orm import Session

from contracts.licensing.language import StepStatus
from contracts.licensing.wire_statistics import BacklogRow, LedgerRow, TimesRow
from services.licensing.store.case_tables import day_share
from services.licensing.store.tables import application, step

DAY: Final = 86_400
MICROSECONDS: Final = 1_000_000
TIMES: Final = (
    "Steps by the month in which they ended; days from opening to end, stopped time included; "
    "late: the time ran out at least once; lapsed: ended by silence"
)
LEDGER: Final = "Days of the day ledger of cases lodged in the period, summed by party"
BACKLOG: Final = "Steps that are open or stopped now; age from their opening; overdue: due before"


def times(session: Session, begins: datetime, ends: datetime, minutes: int) -> list[TimesRow]:
    """Steps that ended from `begins` on and before `ends`; months are local (`minutes` to UTC)."""
    local = func.timezone("UTC", step.c.decided_at) + timedelta(minutes=minutes)
    month = cast(func.date_trunc("month", local), Date).label("month")
    days = func.extract("epoch", step.c.decided_at - step.c.opened_at) / DAY
    by = (step.c.step, step.c.agency, step.c.office, application.c.licence_type, month)
    wanted = (
        select(
            *by,
            func.count().label("steps"),
            func.percentile_cont(0.5).within_group(days).label("median_days"),
            func.percentile_cont(0.9).within_group(days).label("p90_days"),
            func.count().filter(step.c.silence_stage > 0).label("late"),
            func.count().filter(step.c.status == StepStatus.LAPSED).label("lapsed"),
            (func.sum(step.c.stopped_seconds) / DAY).label("stopped_days"),
        )
        .join(application, application.c.id == step.c.application_id)
        .where(
            step.c.decided_at >= begins,
            step.c.decided_at < ends,
            step.c.status.in_((StepStatus.DECIDED, StepStatus.LAPSED)),
        )
        .group_by(*by[:4], text("month"))
        .order_by(text("month"), *by[:4])
    )
    return [TimesRow.model_validate(dict(row._mapping)) for row in session.execute(wanted)]


def ledger(session: Session, begins: datetime, ends: datetime) -> list[LedgerRow]:
    """To whom the days of cases lodged from `begins` on and before `ends` belong."""
    wanted = (
        select(
            application.c.licence_type,
            day_share.c.party,
            func.count(func.distinct(application.c.id)).label("cases"),
            (func.sum(day_share.c.microseconds) / (DAY * MICROSECONDS)).label("days"),
        )
        .join(application, application.c.id == day_share.c.application_id)
        .where(application.c.lodged_at >= begins, application.c.lodged_at < ends)
        .group_by(application.c.licence_type, day_share.c.party)
        .order_by(application.c.licence_type, day_share.c.party)
    )
    return [LedgerRow.model_validate(dict(row._mapping)) for row in session.execute(wanted)]


def backlog(session: Session, now: datetime) -> list[BacklogRow]:
    """What waits at each office, and for how long."""
    week, month = now - timedelta(days=7), now - timedelta(days=30)
    opened = step.c.opened_at
    by = (step.c.office, step.c.agency, step.c.step)
    wanted = (
        select(
            *by,
            func.count().label("open"),
            func.count().filter(step.c.status == StepStatus.STOPPED).label("stopped"),
            func.count().filter(step.c.due_at < now).label("overdue"),
            func.count().filter(opened >= week).label("under_week"),
            func.count().filter(opened >= month, opened < week).label("under_month"),
            func.count().filter(opened < month).label("older"),
            func.min(opened).label("oldest"),
        )
        .where(step.c.status.in_((StepStatus.OPEN, StepStatus.STOPPED)))
        .group_by(*by)
        .order_by(*by)
    )
    return [BacklogRow.model_validate(dict(row._mapping)) for row in session.execute(wanted)]
