"""The inbox: steps that await an answer, by office, agency, state and due instant."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, cast, func, select, tuple_
from sqlalchemy.orm import Session

from chassis.tables import INSTANT
from contracts.licensing.language import StepStatus
from contracts.licensing.wire_steps import InboxLine
from services.licensing.store.tables import application, party, step

STANDING = "infinity"  # the place of steps whose clock stands: after all others


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; `offices` None means any. `after` is the place the last page ended."""

    offices: Collection[str] | None
    agency: str | None = None
    status: StepStatus | None = None
    due_before: datetime | None = None
    after: tuple[str, str, str] | None = None
    limit: int = 50


DUE = func.coalesce(step.c.due_at, cast(STANDING, INSTANT))
LINE = (
    step.c.application_id.label("application"),
    application.c.code,
    application.c.licence_type,
    party.c.name.label("holder"),
    *(
        step.c[name]
        for name in ("step", "round", "kind", "agency", "office", "status", "opened_at", "due_at")
    ),
    step.c.silence_stage,
    step.c.version,
)


def inbox(session: Session, wanted: Wanted, now: datetime) -> list[InboxLine]:
    """The lines in the order in which they fall due; steps whose clock stands come last."""
    rows = session.execute(
        select(*LINE)
        .join(application, application.c.id == step.c.application_id)
        .join(party, party.c.id == application.c.party_id)
        .where(*_conditions(wanted))
        .order_by(DUE, step.c.application_id, step.c.step)
        .limit(wanted.limit)
    )
    return [
        InboxLine.model_validate(
            dict(row._mapping) | {"overdue": row.due_at is not None and row.due_at < now}
        )
        for row in rows
    ]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    here: list[ColumnElement[bool]] = [step.c.status.in_((StepStatus.OPEN, StepStatus.STOPPED))]
    if wanted.offices is not None:
        here.append(step.c.office.in_(wanted.offices))
    if wanted.agency is not None:
        here.append(step.c.agency == wanted.agency)
    if wanted.status is not None:
        here.append(step.c.status == wanted.status)
    if wanted.due_before is not None:
        here.append(step.c.due_at < wanted.due_before)
    if wanted.after is not None:
        due, case, name = wanted.after
        last = tuple_(DUE, step.c.application_id, step.c.step)
        here.append(last > tuple_(cast(due, INSTANT), UUID(case), name))
    return here


def key_of(line: InboxLine) -> tuple[str, str, str]:
    """The place of a line in the inbox's order."""
    due = STANDING if line.due_at is None else line.due_at.isoformat()
    return due, str(line.application), line.step
