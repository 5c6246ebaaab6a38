"""Revive an appointment: have its workflow started again, which tells everybody how it stands."""

from uuid import UUID

from chassis import journal, outbox
from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Ack, Tell
from services.licensing.store.appointments import Appointments


def revive_appointment(work: UnitOfWork, appointment: UUID) -> Ack:
    """Queue its newest fact for its workflow once more. Raises NotFound."""
    Appointments(work.session).take(appointment)
    newest = journal.events_between(work.session, appointment)[-1]
    outbox.put(work.session, Tell.appointment(appointment), newest, work.now)
    return Ack(seq=newest.seq)
