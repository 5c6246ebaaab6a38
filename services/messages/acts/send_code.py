"""Send a code: make one for the number that wants to sign in; it is sent after this act."""

import secrets
from dataclasses import dataclass

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from contracts.messages.language import Channel
from kernel.law.editions import Edition
from services.messages.acts.begin_sign_in import Pass, find_sign_in
from services.messages.desk import Desk
from services.messages.domain.notice import SIGN_IN_CODE, UNKNOWN_READER, Notice, Sending
from services.messages.domain.one_time_code import LIFETIME, OneTimeCode, hash_code, new_code
from services.messages.domain.subscriber import Subscriber
from services.messages.domain.wording import word
from services.messages.store.notices import Notices
from services.messages.store.sign_ins import SignIns
from services.messages.store.subscribers import Subscribers


class NoCodeText(RuntimeError):
    """The law has no text for codes: nobody can sign in until its rulebook is mended."""


@dataclass(frozen=True, slots=True)
class CodeMade:
    """A text that must go now: its reader is waiting. It is nowhere but here."""

    sending: Sending


def send_code(work: UnitOfWork, desk: Desk, shown: Pass, phone: str) -> CodeMade | None:
    """A new code takes the place of the one before; None when the sign-in is over.

    The code stands in the text alone: the notice that records its delivery has no words.
    """
    sign_in = find_sign_in(work, shown)
    if sign_in is None:
        return None
    code, reader = new_code(), Subscribers(work.session).holding(phone)
    edition = desk.edition_on(work.now)
    notice = _notice(work, edition, reader, sign_in.language)
    minutes = str(int(LIFETIME.total_seconds() // 60))
    told = {"code": code, "minutes": minutes}
    worded = word(edition, SIGN_IN_CODE, told, notice.language or "")
    if worded is None:
        raise NoCodeText(edition.ref.edition)
    Notices(work.session).add(notice)
    made = _code(work, desk, notice, phone, code)
    SignIns(work.session).add(made)
    sign_in.phone, sign_in.code_id = phone, made.id
    to = (phone,)
    return CodeMade(Sending(notice.id, Channel.SMS, to, "", worded.text, notice.report_word))


def _notice(work: UnitOfWork, edition: Edition, reader: Subscriber | None, language: str) -> Notice:
    return Notice(
        id=work.new_id(),
        kind=SIGN_IN_CODE,
        addressee=UNKNOWN_READER if reader is None else reader.person,
        case_id=None,
        channel=Channel.SMS,
        edition=edition.ref.hash,
        params={},
        report_word=secrets.token_urlsafe(16),
        created_at=work.now,
        language=language if reader is None else reader.language,
        attempts=1,
    )


def _code(work: UnitOfWork, desk: Desk, notice: Notice, phone: str, code: str) -> OneTimeCode:
    real_now, made = around(work.session).clock.real_now(), work.new_id()
    return OneTimeCode(
        id=made,
        phone=phone,
        notice_id=notice.id,
        hash=hash_code(made, code, desk.pepper),
        made_at=real_now,
        expires_at=real_now + LIFETIME,
    )
