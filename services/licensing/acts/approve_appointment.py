"""Approve an appointment: a second person gives the powers that the first one proposed."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from services.licensing.appointing import tell_appointment
from services.licensing.domain.appointment import OfficerAppointment
from services.licensing.store.appointments import Appointments

APPROVED = "appointment.approved"


def approve_appointment(work: UnitOfWork, appointment: UUID) -> OfficerAppointment:
    """From now (or its later beginning) the powers count here; its workflow tells the others."""
    appointments = Appointments(work.session)
    found = appointments.take(appointment)
    found.approve(work.actor, work.now)
    appointments.copy(found)
    tell_appointment(work, APPROVED, found, spread=True)
    return found
