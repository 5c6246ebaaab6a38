"""The cadastre's copy of appointments, which licensing owns."""

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis.tables import appointment
from contracts.procedures import AppointmentCopy


def keep_appointment(session: Session, copy: AppointmentCopy) -> bool:
    """Write the copy unless a newer version of it is known; False then."""
    row = copy.model_dump(include={"id", "person", "agency", "office", "powers", "since", "until"})
    row["version"] = copy.version
    newer = upsert(appointment).values(row)
    done = newer.on_conflict_do_update(
        index_elements=[appointment.c.id],
        set_={name: newer.excluded[name] for name in row if name != "id"},
        where=appointment.c.version < copy.version,
    )
    return session.execute(done.returning(appointment.c.id)).first() is not None


