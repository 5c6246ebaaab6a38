"""Check a code: the right one signs its number's subscriber in."""

import secrets
from dataclasses import dataclass, field

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from services.messages.acts.begin_sign_in import Pass, find_sign_in
from services.messages.acts.subscribe import subscribe
from services.messages.desk import Desk
from services.messages.domain.one_time_code import Judged
from services.messages.domain.sign_in import CODE_LIFETIME, AuthorizationCode, SignIn, hashed
from services.messages.store.sign_ins import SignIns


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it. With the right code: where the browser goes, and with which answer."""

    judged: Judged
    language: str
    tries_left: int = 0
    redirect_uri: str = ""
    state: str | None = None
    code: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    blocked: bool = False


def check_code(work: UnitOfWork, desk: Desk, shown: Pass, typed: str) -> Checked | None:
    """None when the sign-in is over. Every try counts, and the sign-in ends with the right one."""
    sign_ins, sign_in = SignIns(work.session), find_sign_in(work, shown)
    if sign_in is None:
        return None
    sent = sign_ins.take_code(sign_in.code_id)
    if sent is None or sign_in.phone is None:
        return Checked(Judged.OVER, sign_in.language)
    judged = sent.judge(typed, desk.pepper, around(work.session).clock.real_now())
    if judged is not Judged.RIGHT:
        return Checked(judged, sign_in.language, sent.tries_left)
    return _signed_in(work, sign_in, sign_in.phone)


def _signed_in(work: UnitOfWork, sign_in: SignIn, phone: str) -> Checked:
    real_now, word = around(work.session).clock.real_now(), secrets.token_urlsafe(32)
    subscriber = subscribe(work, phone, sign_in.language)
    sign_ins = SignIns(work.session)
    sign_ins.end(sign_in)
    if subscriber.blocked_at is not None:
        return Checked(Judged.RIGHT, sign_in.language, blocked=True)
    sign_ins.add(
        AuthorizationCode(
            hash=hashed(word),
            subscriber_id=subscriber.id,
            redirect_uri=sign_in.redirect_uri,
            nonce=sign_in.nonce,
            challenge=sign_in.challenge,
            auth_time=real_now,
            expires_at=real_now + CODE_LIFETIME,
        )
    )
    return Checked(
        Judged.RIGHT,
        sign_in.language,
        redirect_uri=sign_in.redirect_uri,
        state=sign_in.state,
        code=word,
        phone=phone,
    )
