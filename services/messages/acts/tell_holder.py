"""Tell a number's holder what an officer did to the number: nobody is cut off unheard."""

from chassis.unit_of_work import UnitOfWork
from contracts.command_args import SendNotice
from services.messages.acts.take_notice import write_down
from services.messages.desk import Desk
from services.messages.domain.subscriber import Subscriber


def tell_holder(work: UnitOfWork, desk: Desk, subscriber: Subscriber, kind: str) -> None:
    """One text in the subscriber's language, by the law of today; it names no officer."""
    asked = SendNotice(notice=work.new_id(), kind=kind, to=subscriber.person, params={})
    write_down(work, desk.edition_on(work.now), asked)
