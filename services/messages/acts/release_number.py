"""Release a number: it is another person's now, who signs in as somebody new."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from services.messages.acts.tell_holder import tell_holder
from services.messages.desk import Desk
from services.messages.domain.access import STOPPING
from services.messages.domain.notice import NUMBER_RELEASED
from services.messages.domain.subscriber import Subscriber
from services.messages.store.subscribers import Subscribers


def release_number(work: UnitOfWork, desk: Desk, subscriber: UUID, reason: str) -> Subscriber:
    """The subscriber stays, without a number to be told at; the number is told that once.

    Raises NotFound and NotAllowed.
    """
    work.actor.must(STOPPING, None, work.now)
    found = Subscribers(work.session).take(subscriber)
    if found.released_at is None:
        found.released_at, found.signed_out_at = work.now, None
        told = {"reason": reason}
        work.record(found.id, "subscriber.number-released", told)
        tell_holder(work, desk, found, NUMBER_RELEASED)
    return found
