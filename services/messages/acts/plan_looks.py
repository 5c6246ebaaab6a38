"""Plan looks: which texts the gateway is asked about, because no report of them came."""

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from services.messages.domain.notice import Look
from services.messages.store.notices import Notices


def plan_looks(work: UnitOfWork, limit: int) -> list[Look]:
    """Take texts that are due for a look; nobody else takes them before their next one."""
    real_now = around(work.session).clock.real_now()
    taken = Notices(work.session).unreported(real_now, limit)
    for notice in taken:
        notice.look_again(real_now)
    return [Look(one.id, one.provider_ref) for one in taken if one.provider_ref is not None]
