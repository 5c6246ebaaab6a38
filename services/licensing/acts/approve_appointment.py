"""Approve an appointment: a second person gives the powers that the first one proposed."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from services.licensing.appointing import tell_appointment
from services.licensing.domain.appointment import OfficerAppointment
from services.licensing.domain.second_factor import FactorSeen, must_be_seen
from services.licensing.store.appointments import Appointments

APPROVED = "appointment.approved"


def approve_appointment(
    work: UnitOfWork, appointment: UUID, seen: FactorSeen | None
) -> OfficerAppointment:
    """From now (or its later beginning) the powers count here; its workflow tells the others.

    `seen` is what Keycloak said of the officer just before. Raises SecondFactorMissing.
    """
    appointments = Appointments(work.session)
    found = appointments.take(appointment)
    found.approve(work.actor, work.now)
    factors = must_be_seen(found.person, found.powers, seen)
    appointments.copy(found)
    tell_appointment(work, APPROVED, found, spread=True, factors=factors)
    return found
