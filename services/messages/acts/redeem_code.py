"""Redeem an authorization code: Keycloak learns who signed in, once."""

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from services.messages.desk import Desk
from services.messages.domain.sign_in import hashed
from services.messages.domain.subscriber import Subscriber
from services.messages.store.sign_ins import SignIns
from services.messages.store.subscribers import Subscribers

IDENTITY_SECONDS = 120


def redeem_code(
    work: UnitOfWork, desk: Desk, code: str, redirect_uri: str, verifier: str
) -> str | None:
    """The identity token (ES256), or None when the code is not good, or good no more.

    A code that was shown with anything wrong beside it is spent all the same.
    """
    real_now = around(work.session).clock.real_now()
    found = SignIns(work.session).take_authorization(hashed(code))
    if found is None:
        return None
    fits = found.fits(redirect_uri, verifier, real_now)
    found.used_at = found.used_at or real_now
    subscriber = Subscribers(work.session).find(found.subscriber_id)
    if not fits or subscriber is None or not subscriber.reachable:
        return None
    now = int(real_now.timestamp())
    claims = who(desk, subscriber) | {
        "aud": desk.settings.phone_client,
        "iat": now,
        "exp": now + IDENTITY_SECONDS,
        "auth_time": int(found.auth_time.timestamp()),
        "phone_number": subscriber.phone,
        "phone_number_verified": True,
    }
    return desk.signer.token(claims | ({"nonce": found.nonce} if found.nonce else {}))


def who(desk: Desk, subscriber: Subscriber) -> dict[str, object]:
    """Who says it of whom; the subject is the stable id and never the number."""
    return {"iss": desk.settings.phone_issuer, "sub": str(subscriber.id)}


def assertion(work: UnitOfWork, desk: Desk, subscriber: Subscriber) -> str:
    """For channels without a browser: what Keycloak takes in a JWT grant (RFC 7523), once."""
    now = int(around(work.session).clock.real_now().timestamp())
    claims = who(desk, subscriber) | {
        "aud": desk.settings.public_issuer,
        "iat": now,
        "exp": now + 60,
        "jti": str(work.new_id()),
    }
    return desk.signer.token(claims)
