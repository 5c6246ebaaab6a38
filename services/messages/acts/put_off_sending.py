"""Put off a sending: its gateway is away, it is tried again later."""

from uuid import UUID

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from services.messages.store.notices import Notices


def put_off_sending(work: UnitOfWork, notice: UUID) -> None:
    found = Notices(work.session).take(notice)
    if found.sent_at is None and not found.settled:
        found.try_again(around(work.session).clock.real_now())
