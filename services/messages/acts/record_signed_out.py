"""Record that somebody was signed out: after a number was stopped no session of it goes on."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from services.messages.store.subscribers import Subscribers

SIGNED_OUT = "subscriber.signed-out"


def record_signed_out(work: UnitOfWork, subscriber: UUID) -> None:
    """Once for each time that the number was stopped; a repeat changes nothing."""
    found = Subscribers(work.session).take(subscriber)
    if found.reachable or found.signed_out_at is not None:
        return
    found.signed_out_at = work.now
    work.record(found.id, SIGNED_OUT, {}, leaf=False)
