"""Propose an appointment: an officer is to get powers at an office; another person approves."""

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.wire_appointments import NewAppointment
from kernel.authority import Power, SecondPersonNeeded
from services.licensing.appointing import tell_appointment
from services.licensing.desk import Desk
from services.licensing.domain.appointment import (
    OfficerAppointment,
    must_be_theirs,
    must_fit,
    spelled,
)

PROPOSED = "appointment.proposed"


def propose_appointment(work: UnitOfWork, desk: Desk, new: NewAppointment) -> OfficerAppointment:
    """Raises NotAllowed, AppointmentDates, BeyondTheAgency, SecondPersonNeeded for oneself, and
    NoSuchLaw."""
    law = desk.law.edition_on(work.now)
    office = law.office(new.office)
    work.actor.must(Power.PROPOSE_APPOINTMENT, office.id, work.now)
    if work.actor.person in (None, new.person) or not new.person.startswith("staff:"):
        raise SecondPersonNeeded("Nobody proposes oneself, and only staff is appointed")
    since = new.since or work.now
    must_fit(since, new.until, work.now)
    must_be_theirs(law.agency(office.agency), new.powers)
    proposed = OfficerAppointment(
        id=work.new_id(),
        person=new.person,
        agency=office.agency,
        office=office.id,
        powers=spelled(new.powers),
        since=since,
        until=new.until,
        proposed_by=work.actor.person or "",
        proposed_at=work.now,
    )
    work.session.add(proposed)
    work.session.flush()
    tell_appointment(work, PROPOSED, proposed, spread=False)
    return proposed
