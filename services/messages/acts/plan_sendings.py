"""Plan sendings: word what is due to be sent, and find out where it goes."""

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from contracts.messages.language import Channel, FailedBecause
from services.messages.acts.record_failed import tell_failed
from services.messages.desk import Desk
from services.messages.domain.addresses import addresses_of, subscriber_of
from services.messages.domain.notice import OF_THE_NUMBER, Notice, Sending
from services.messages.domain.subscriber import Subscriber
from services.messages.domain.wording import official, word
from services.messages.store.notices import Notices
from services.messages.store.subscribers import Subscribers


def plan_sendings(work: UnitOfWork, desk: Desk, channel: Channel, limit: int) -> list[Sending]:
    """Take notices that are due; nobody else takes them until their lease is over.

    What has no reader, no address or no complete text fails here.
    """
    real_now = around(work.session).clock.real_now()
    planned = []
    for notice in Notices(work.session).due(channel, real_now, limit):
        notice.begin_sending(real_now)
        ready = _ready(work, desk, notice)
        if isinstance(ready, Sending):
            planned.append(ready)
        else:
            tell_failed(work, notice, ready)
    return planned


def _ready(work: UnitOfWork, desk: Desk, notice: Notice) -> Sending | FailedBecause:
    edition = desk.edition_of(notice.edition, work.now)
    reader = Subscribers(work.session).find(subscriber_of(notice.addressee))
    last = notice.kind in OF_THE_NUMBER
    if reader is not None and reader.blocked_at is not None and not last:
        return FailedBecause.BLOCKED
    notice.language = official(edition) if reader is None else reader.language
    worded = word(edition, notice.kind, notice.params, notice.language)
    if worded is None:
        return FailedBecause.TEXT_INCOMPLETE
    addresses = (
        addresses_of(notice.addressee, worded.channel, edition)
        if reader is None
        else _numbers(reader, worded.channel, last=last)
    )
    if not addresses:
        return FailedBecause.NO_ADDRESS
    return Sending(
        notice.id, worded.channel, addresses, worded.subject, worded.text, notice.report_word
    )


def _numbers(reader: Subscriber, channel: Channel, *, last: bool) -> tuple[str, ...]:
    """A subscriber has a number, and no other address."""
    told = channel is Channel.SMS and (reader.reachable or last)
    return (reader.phone,) if told else ()
