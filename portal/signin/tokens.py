"""The signed-in person's own token, with which the portal calls services; renewed in time."""

from datetime import timedelta
from typing import Final

import httpx
from fastapi import Request

from contracts.calling import Calling
from kernel.authority import Realm
from kernel.problems import TryLater
from portal.signin.keycloak import Keycloak, SessionOver
from portal.signin.people import COOKIE, Person, SignInFirst, people
from portal.store.door import opened
from portal.web.cookies import Cookies

IN_TIME: Final = timedelta(seconds=30)
STEP_UP_AGE: Final = timedelta(minutes=10)


class ConfirmFirst(SignInFirst):
    """What is about to be done needs the person to prove again who it is."""

    title = "Confirm that it is you"


def calling(request: Request, http: httpx.Client, person: Person) -> Calling:
    """The service as this person calls it."""
    return Calling(http, lambda: token_of(request, person))


def token_of(request: Request, person: Person) -> str:
    """An access token that lasts for this call. Raises SignInFirst when the session is over."""
    now = request.app.state.clock.real_now()
    if person.access_until - now > IN_TIME:
        return person.access
    renewed = _renewed(request)
    if renewed is None:
        raise SignInFirst("The session has ended")
    request.state.person = renewed
    return renewed.access


def must_be_fresh(request: Request, person: Person) -> None:
    """Raise ConfirmFirst unless the person has proved who it is within ten minutes.

    An officer with the second factor, an applicant with a code to the phone. Call it when the page
    of a decision is opened, and again when it is sent; services judge for themselves.
    """
    age = request.app.state.clock.real_now() - person.auth_time
    second = person.realm is not Realm.STAFF or person.acr == "2"
    if age > STEP_UP_AGE or not second:
        raise ConfirmFirst("This needs a proof of who you are")


def keycloak(request: Request, realm: Realm) -> Keycloak:
    found: Keycloak = request.app.state.realms[realm]
    return found


def _renewed(request: Request) -> Person | None:
    """One request renews, the others wait for it and take what it got; None: it is over."""
    cookies: Cookies = request.app.state.cookies
    cookie, sessions = cookies.read(request, COOKIE) or "", people(request)
    with opened(sessions.database) as door:
        held = sessions.locked(door, cookie)
        if held is None:
            return None
        try:
            fresh = _fresh(request, held)
        except SessionOver:
            fresh = None
        if fresh is not None and fresh != held:
            sessions.keep(door, cookie, fresh)
    if fresh is None:
        sessions.end(cookie)
    return fresh


def _fresh(request: Request, held: Person) -> Person:
    """The person as held if its token lasts, else with new ones. In an outage the old one serves
    to its end."""
    now = request.app.state.clock.real_now()
    if held.access_until - now > IN_TIME:
        return held
    try:
        return keycloak(request, held.realm).renew(held)
    except TryLater:
        if held.access_until > now:
            return held
        raise
