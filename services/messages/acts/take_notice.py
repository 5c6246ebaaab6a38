"""Take a notice: write down what somebody is to be told; it is sent after this act."""

import secrets

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from contracts.command_args import SendNotice
from contracts.messages.language import FailedBecause
from contracts.procedures import Ack
from kernel.commands import Command
from kernel.law.editions import Edition
from kernel.log.leaf import instant
from services.messages.acts.record_failed import tell_failed
from services.messages.desk import Desk
from services.messages.domain.notice import Notice
from services.messages.domain.wording import template
from services.messages.store.notices import Notices


def take_notice(work: UnitOfWork, desk: Desk, command: Command) -> Ack:
    """A notice that is here already is left as it is. What the law has no text for has failed."""
    asked = SendNotice.model_validate(command.args)
    if Notices(work.session).find(asked.notice) is not None:
        return Ack()
    return write_down(work, desk.edition_of(command.edition.hash, work.now), asked)


def write_down(work: UnitOfWork, edition: Edition, asked: SendNotice) -> Ack:
    """A new notice, to be sent in an edition's words."""
    text = template(edition, asked.kind)
    notice = Notice(
        id=asked.notice,
        kind=asked.kind,
        addressee=asked.to,
        case_id=asked.case,
        channel=None if text is None else text.channel,
        edition=edition.ref.hash,
        params=dict(asked.params),
        report_word=secrets.token_urlsafe(16),
        created_at=work.now,
        next_try=around(work.session).clock.real_now(),
    )
    Notices(work.session).add(notice)
    told = {"kind": notice.kind, "case": str(notice.case_id), "at": instant(work.now)}
    if text is None:
        event = tell_failed(work, notice, FailedBecause.NO_TEXT)
        return Ack(seq=event.seq if event else None)
    if notice.case_id is None:
        work.append("notice.taken", notice.id, told)
    return Ack()
