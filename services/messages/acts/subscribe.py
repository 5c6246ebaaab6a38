"""Subscribe: know a person by a stable id from the first right code on."""

from chassis.unit_of_work import UnitOfWork
from services.messages.domain.subscriber import Subscriber
from services.messages.store.subscribers import Subscribers


def subscribe(work: UnitOfWork, phone: str, language: str) -> Subscriber:
    """The subscriber who holds the number; a new one where nobody does."""
    subscribers = Subscribers(work.session)
    found = subscribers.holding(phone)
    if found is not None:
        return found
    made = Subscriber(id=work.new_id(), phone=phone, language=language, created_at=work.now)
    subscribers.add(made)
    work.append("subscriber.subscribed", made.id, {"language": language})
    return made
