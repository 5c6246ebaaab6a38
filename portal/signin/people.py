"""Who is before the portal: found by the browser's cookie, forgotten when the session is over."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import structlog
from fastapi import Depends, Request
from pydantic import TypeAdapter
from sqlalchemy import Connection

from chassis.clock import Clock
from chassis.database import Database
from kernel.authority import Realm
from kernel.problems import Problem, TryLater
from portal.settings import Settings
from portal.store import sessions
from portal.store.door import opened
from portal.web.cookies import Cookies
from portal.web.pages import SHEET
from portal.web.sealing import SealBroken, Seals
from portal.web.sheets import keep_typed

COOKIE: Final = "session"
SEEN_EVERY: Final = timedelta(minutes=1)
CONTENT: Final = "session"

log = structlog.get_logger(__name__)


class SignInFirst(Problem):
    """The page is for people who have signed in; `expired`: this one had, and it is over."""

    status = 401
    title = "Sign in first"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in. `name` is what to call them; tokens stay here and reach no browser."""

    realm: Realm
    subject: str
    name: str
    access: str
    access_until: datetime
    refresh: str
    identity: str
    acr: str
    auth_time: datetime
    idp_session: str | None

    @property
    def key(self) -> str:
        """As services name people: `staff:…` or `public:…`."""
        return f"{self.realm.value}:{self.subject}"


PERSON: Final = TypeAdapter(Person)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions in the portal's database; a restart of the portal ends none of them."""

    database: Database
    seals: Seals
    clock: Clock
    settings: Settings

    def begin(self, person: Person) -> str:
        """A session under a new name, which no page before the sign-in knew; gives the cookie."""
        cookie, now = secrets.token_urlsafe(32), self.clock.real_now()
        row = sessions.SessionRow(
            name=self._name(cookie),
            person=self.digest(person.key),
            idp_session=self._idp(person.realm, person.idp_session),
            sealed=self._seal(cookie, person),
            began_at=now,
            seen_at=now,
            idle_until=now + self.settings.idle(person.realm),
            ends_at=now + self.settings.at_most,
        )
        with opened(self.database) as door:
            sessions.add(door, row)
        return cookie

    def find(self, cookie: str) -> tuple[Person, bool] | None:
        """Whose session it is, and whether it is over; None for one that nobody knows."""
        now = self.clock.real_now()
        with opened(self.database) as door:
            row = sessions.find(door, self._name(cookie))
            person = None if row is None else self._unseal(cookie, row.sealed)
            if row is None or person is None:
                return None
            if not row.over(now) and now - row.seen_at > SEEN_EVERY:
                sessions.touch(door, row.name, now, now + self.settings.idle(person.realm))
            return person, row.over(now)

    def locked(self, door: Connection, cookie: str) -> Person | None:
        """The person of a session that lasts, while nobody else may renew its tokens."""
        row = sessions.find(door, self._name(cookie), lock=True)
        if row is None or row.over(self.clock.real_now()):
            return None
        return self._unseal(cookie, row.sealed)

    def keep(self, door: Connection, cookie: str, person: Person) -> None:
        """The session goes on with these tokens."""
        sessions.replace_sealed(door, self._name(cookie), self._seal(cookie, person))

    def end(self, cookie: str) -> None:
        with opened(self.database) as door:
            sessions.remove(door, self._name(cookie))

    def end_as_told(self, realm: Realm, idp_session: str | None, subject: str | None) -> int:
        """Keycloak says that a session of its own, or every one of a person, is over."""
        person = None if subject is None or idp_session else f"{realm.value}:{subject}"
        with opened(self.database) as door:
            return sessions.remove_of(
                door,
                idp_session=self._idp(realm, idp_session),
                person=None if person is None else self.digest(person),
            )

    def digest(self, key: str) -> bytes:
        return self.seals.name("person", key)

    def _name(self, cookie: str) -> bytes:
        return self.seals.name("session-name", cookie)

    def _idp(self, realm: Realm, idp_session: str | None) -> bytes | None:
        if not idp_session:
            return None
        return self.seals.name("idp-session", f"{realm.value}:{idp_session}")

    def _seal(self, cookie: str, person: Person) -> bytes:
        return self.seals.seal(CONTENT, cookie, PERSON.dump_json(person))

    def _unseal(self, cookie: str, sealed: bytes) -> Person | None:
        """None after a change of the portal's secret: everybody signs in again."""
        try:
            return PERSON.validate_json(self.seals.unseal(CONTENT, cookie, sealed))
        except SealBroken:
            log.warning("session.unreadable")
            return None


def arrive(request: Request) -> None:
    """See who is there: at `request.state.person`, for every page. Nobody, where nothing is known.

    While the database is away pages for everybody go on; `unknown` says why nobody is there.
    """
    cookies: Cookies = request.app.state.cookies
    cookie = cookies.read(request, COOKIE)
    request.state.person = request.state.expired = None
    request.state.unknown = False
    if cookie is None:
        return
    try:
        found = people(request).find(cookie)
    except TryLater:
        request.state.unknown = True
        return
    if found is not None:
        person, over = found
        request.state.expired = person if over else None
        request.state.person = None if over else person


def people(request: Request) -> Sessions:
    found: Sessions = request.app.state.people
    return found


def must_be_signed_in(request: Request, realm: Realm | None = None) -> Person:
    """Whoever is there. Raises SignInFirst, and TryLater while that cannot be known.

    A form that was sent is kept before: it is there again after the sign-in.
    """
    person: Person | None = request.state.person
    if person is None and request.state.unknown:
        raise TryLater("Sessions cannot be read at the moment", retry_after=5)
    if person is None or realm not in {None, person.realm}:
        if SHEET in getattr(request.state, "typed", {}):
            keep_typed(request, request.state.typed)
        raise SignInFirst("This is for people who have signed in")
    return person


def somebody(request: Request) -> Person:
    return must_be_signed_in(request)


def officer(request: Request) -> Person:
    return must_be_signed_in(request, Realm.STAFF)


def applicant(request: Request) -> Person:
    return must_be_signed_in(request, Realm.PUBLIC)


AtPerson = Annotated[Person, Depends(somebody)]
AtOfficer = Annotated[Person, Depends(officer)]
AtApplicant = Annotated[Person, Depends(applicant)]


def later(person: Person, **changed: object) -> Person:
    """The same person with other tokens."""
    return replace(person, **changed)  # type: ignore[arg-type]


def instant(seconds: int) -> datetime:
    """An instant as tokens write it."""
    return datetime.fromtimestamp(seconds, UTC)
