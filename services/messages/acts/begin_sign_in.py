"""Begin a sign-in by phone: remember what was asked until its two pages are filled in."""

from dataclasses import dataclass, field

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from services.messages.domain.sign_in import SIGN_IN_LIFETIME, Question, SignIn, hashed
from services.messages.store.sign_ins import SignIns


@dataclass(frozen=True, slots=True)
class Pass:
    """What proves that a form comes from the page and from the browser it was made for."""

    ticket: str = field(repr=False)
    browser: str = field(repr=False)


def begin_sign_in(work: UnitOfWork, question: Question, shown: Pass) -> None:
    """`shown` goes into the page and into its cookie; here only hashes of it are kept."""
    real_now = around(work.session).clock.real_now()
    SignIns(work.session).add(
        SignIn(
            ticket_hash=hashed(shown.ticket),
            browser_hash=hashed(shown.browser),
            redirect_uri=question.redirect_uri,
            state=question.state,
            nonce=question.nonce,
            challenge=question.challenge,
            language=question.language,
            begun_at=real_now,
            expires_at=real_now + SIGN_IN_LIFETIME,
        )
    )


def find_sign_in(work: UnitOfWork, shown: Pass) -> SignIn | None:
    """The sign-in a form belongs to, locked; None when it is over, or was another browser's."""
    real_now = around(work.session).clock.real_now()
    return SignIns(work.session).take(hashed(shown.ticket), hashed(shown.browser), real_now)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the pages of a sign-in need to know of it."""

    language: str
    phone: str | None = field(repr=False)


def see_sign_in(work: UnitOfWork, shown: Pass) -> Seen | None:
    found = find_sign_in(work, shown)
    return None if found is None else Seen(found.language, found.phone)
