"""Record that a notice was sent: its gateway has taken it."""

from uuid import UUID

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from contracts.messages.language import Channel
from contracts.procedures import Tell
from kernel.facts import NOTICE_SENT
from services.messages.domain.notice import SIGN_IN_CODE, Notice
from services.messages.store.notices import Notices


def record_sent(work: UnitOfWork, notice: UUID, provider_ref: str | None) -> None:
    """`provider_ref` is the gateway's name for it. A report may have come first."""
    found = Notices(work.session).take(notice)
    found.provider_ref = found.provider_ref or provider_ref
    if found.settled or found.sent_at is not None:
        return
    tell_sent(work, found)
    if found.channel is Channel.SMS and found.provider_ref is not None:
        found.look_again(around(work.session).clock.real_now())


def tell_sent(work: UnitOfWork, notice: Notice) -> None:
    """The fact, to the case it is about. Sign-in codes are nobody's business but the reader's."""
    notice.mark_sent(work.now)
    if notice.kind == SIGN_IN_CODE:
        return
    told = {"notice": str(notice.id), "kind": notice.kind, "channel": str(notice.channel)}
    if notice.case_id is None:
        work.append(NOTICE_SENT, notice.id, told)
    else:
        case = notice.case_id
        work.record(case, NOTICE_SENT, told, tell=[Tell.application(case)])
