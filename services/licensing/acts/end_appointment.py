"""End an appointment: its powers are gone at once; a proposal is rejected instead."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language_cases import AppointmentStatus
from services.licensing.appointing import tell_appointment
from services.licensing.domain.appointment import OfficerAppointment
from services.licensing.store.appointments import Appointments

ENDED = "appointment.ended"
REJECTED = "appointment.rejected"


def end_appointment(work: UnitOfWork, appointment: UUID) -> OfficerAppointment:
    """Raises NotLive where there is nothing left to end."""
    appointments = Appointments(work.session)
    found = appointments.take(appointment)
    found.end(work.actor, work.now)
    if found.status is AppointmentStatus.REJECTED:
        tell_appointment(work, REJECTED, found, spread=False)
        return found
    appointments.copy(found)
    tell_appointment(work, ENDED, found, spread=True)
    return found
