"""Block a subscriber: nobody signs in with the number any more, and nothing is sent to it."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from services.messages.domain.access import STOPPING
from services.messages.domain.subscriber import Subscriber
from services.messages.store.subscribers import Subscribers


def block_subscriber(work: UnitOfWork, subscriber: UUID, reason: str) -> Subscriber:
    """For a telephone that was lost or misused. Raises NotFound and NotAllowed."""
    work.actor.must(STOPPING, None, work.now)
    found = Subscribers(work.session).take(subscriber)
    if found.blocked_at is None:
        found.blocked_at = work.now
        told = {"reason": reason, "by": work.actor.person}
        work.append("subscriber.blocked", found.id, told)
    return found
