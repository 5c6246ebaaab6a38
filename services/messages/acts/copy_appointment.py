"""Copy an appointment: what licensing appointed counts here from now on."""

from typing import Final

from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Ack, AppointmentCopy
from kernel.log.leaf import instant
from services.messages.store.appointments import copy_appointment_row

COPIED: Final = "appointment.copied"


def copy_appointment(work: UnitOfWork, told: AppointmentCopy) -> Ack:
    """Take over the newest version; an older one that comes later changes nothing."""
    if copy_appointment_row(work.session, told):
        work.append(
            COPIED,
            told.id,
            {
                "person": told.person,
                "office": told.office,
                "powers": sorted(told.powers),
                "since": instant(told.since),
                "until": told.until and instant(told.until),
                "version": told.version,
                "ended": told.ended,
            },
        )
    return Ack()
