"""Block a subscriber: nobody signs in with the number or goes on, and nothing is sent to it."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from services.messages.acts.tell_holder import tell_holder
from services.messages.desk import Desk
from services.messages.domain.access import STOPPING
from services.messages.domain.notice import NUMBER_BLOCKED
from services.messages.domain.subscriber import Subscriber
from services.messages.store.subscribers import Subscribers


def block_subscriber(work: UnitOfWork, desk: Desk, subscriber: UUID, reason: str) -> Subscriber:
    """For a telephone that was lost or misused; whoever has it is told of it at once.

    Raises NotFound and NotAllowed.
    """
    work.actor.must(STOPPING, None, work.now)
    found = Subscribers(work.session).take(subscriber)
    if found.blocked_at is None:
        found.blocked_at, found.signed_out_at = work.now, None
        told = {"reason": reason}
        work.record(found.id, "subscriber.blocked", told)
        tell_holder(work, desk, found, NUMBER_BLOCKED)
    return found
