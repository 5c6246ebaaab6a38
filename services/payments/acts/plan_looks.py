"""Plan looks: which payments the provider is asked about now, and when about them again."""

from uuid import UUID

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from services.payments.store.payments import Payments


def plan_looks(work: UnitOfWork, limit: int) -> list[UUID]:
    """Take payments that are due for a look; no other watch takes them before their next one."""
    real_now = around(work.session).clock.real_now()
    taken = Payments(work.session).due_for_a_look(real_now, limit)
    for payment in taken:
        payment.look_again(real_now)
    return [payment.id for payment in taken]
