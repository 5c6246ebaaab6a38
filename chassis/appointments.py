"""Copies of appointments: what licensing appointed counts in every service from then on."""

from datetime import datetime
from typing import Final

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis.tables import appointment
from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Ack, AppointmentCopy

COPIED: Final = "appointment.copied"


def copy_appointment(work: UnitOfWork, told: AppointmentCopy) -> Ack:
    """Take over the newest version, whatever order they come in; older ones change nothing.

    An ended appointment is kept with its end, which is now at the latest. Powers that this
    release does not know are kept as words and give nothing.
    """
    kept = told.model_copy(
        update={"until": end_of(told, work.now), "powers": sorted(set(told.powers))}
    )
    if _is_news(work.session, kept):
        work.append(COPIED, told.id, kept.model_dump(mode="json", exclude={"key", "id"}))
    return Ack()


def end_of(told: AppointmentCopy, now: datetime) -> datetime | None:
    """Until when it holds."""
    if told.ended and (told.until is None or told.until > now):
        return now
    return told.until


def _is_news(session: Session, kept: AppointmentCopy) -> bool:
    """Write the copy unless this version or a newer one is here; whether it was written."""
    values = kept.model_dump(exclude={"key", "ended"})
    row = upsert(appointment).values(values)
    newer = row.on_conflict_do_update(
        index_elements=[appointment.c.id],
        set_={name: row.excluded[name] for name in values if name != "id"},
        where=appointment.c.version < kept.version,
    )
    return session.execute(newer.returning(appointment.c.id)).first() is not None
