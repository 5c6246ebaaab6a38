"""Approve an appointment: a second person gives the powers that the first one proposed."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from services.licensing.appointing import tell_appointment
from services.licensing.desk import Desk
from services.licensing.domain.appointment import OfficerAppointment, must_be_theirs
from services.licensing.domain.second_factor import FactorSeen, must_be_seen
from services.licensing.store.appointments import Appointments

APPROVED = "appointment.approved"


def approve_appointment(
    work: UnitOfWork, desk: Desk, appointment: UUID, seen: FactorSeen | None
) -> OfficerAppointment:
    """From now (or its later beginning) the powers count here; its workflow tells the others.

    `seen` is what Keycloak said of the officer just before. Raises SecondFactorMissing, and
    BeyondTheAgency by the law of now.
    """
    appointments = Appointments(work.session)
    found = appointments.take(appointment)
    found.approve(work.actor, work.now)
    must_be_theirs(desk.law.edition_on(work.now).agency(found.agency), found.powers)
    factors = must_be_seen(found.person, found.powers, seen)
    appointments.copy(found)
    tell_appointment(work, APPROVED, found, spread=True, factors=factors)
    return found
