"""Revive a case: have its workflow started again, from the journal, after it was lost."""

from uuid import UUID

from chassis import journal, outbox
from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Ack, Tell
from services.licensing.store.applications import Applications


def revive_case(work: UnitOfWork, case: UUID) -> Ack:
    """Queue the case's newest fact for its workflow once more; it loads the rest by itself."""
    Applications(work.session).take(case)
    newest = journal.events_between(work.session, case)[-1]
    outbox.put(work.session, Tell.application(case), newest, work.now)
    return Ack(seq=newest.seq)
