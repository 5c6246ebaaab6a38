"""This service's own copy of appointments."""

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis.tables import appointment
from contracts.procedures import AppointmentCopy


def copy_appointment_row(session: Session, told: AppointmentCopy) -> bool:
    """Write the copy unless a newer version is here already; whether it changed anything."""
    values = {
        "person": told.person,
        "agency": told.agency,
        "office": told.office,
        "powers": list(told.powers),
        "since": told.since,
        "until": told.until,
        "version": told.version,
    }
    row = upsert(appointment).values(id=told.id, **values)
    newer = row.on_conflict_do_update(
        index_elements=[appointment.c.id],
        set_=values,
        where=appointment.c.version < told.version,
    )
    return session.execute(newer.returning(appointment.c.id)).first() is not None
