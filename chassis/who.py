"""Who is asking, and who may: every route declares it, and it is published with the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.database import around
from chassis.tables import appointment
from chassis.tokens import Tokens
from kernel.authority import NOBODY, Actor, Appointment, Power, Realm, appointed
from kernel.problems import NotAllowed, NotSignedIn

STEP_UP_AGE: Final = timedelta(minutes=10)
CLOCK_SKEW: Final = timedelta(seconds=10)


class Caller(StrEnum):
    """Who may ask at all; what they may do then is the powers' and the act's business."""

    PUBLIC = "public"
    ANYBODY_SIGNED_IN = "anybody-signed-in"
    APPLICANT = "applicant"
    STAFF = "staff"


PUBLIC: Final = Caller.PUBLIC
ANYBODY_SIGNED_IN: Final = Caller.ANYBODY_SIGNED_IN
APPLICANT: Final = Caller.APPLICANT
STAFF: Final = Caller.STAFF
REALM_OF: Final = {Caller.APPLICANT: Realm.PUBLIC, Caller.STAFF: Realm.STAFF}


class StepUpNeeded(NotAllowed):
    """This needs a second factor given within the last ten minutes."""

    title = "Confirm that it is you"


def opened_at(session: Session) -> datetime:
    """The legal instant of a session, read once, when the first one asks."""
    if "now" not in session.info:
        session.info["now"] = around(session).clock.legal_now(session)
    found: datetime = session.info["now"]
    return found


def request_session(request: Request) -> Iterator[Session]:
    """The request's one session: a second one would want a second connection of the pool."""
    session: Session = request.app.state.database.sessions()
    try:
        yield session
    finally:
        session.close()


AtSession = Annotated[Session, Depends(request_session, scope="function")]


def bearer(authorization: str | None) -> str | None:
    """The token of an Authorization header; None when there is no header."""
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn("The Authorization header holds no bearer token")
    return token.strip()


def identify(request: Request) -> Actor:
    """Whom the token names, or nobody when there is none; a bad token is refused."""
    token = bearer(request.headers.get("authorization"))
    tokens: Tokens = request.app.state.tokens
    return NOBODY if token is None else tokens.actor(token)


def appointments_of(session: Session, person: str) -> list[Appointment]:
    """What this service's own copy knows of a person's appointments, ended ones included."""
    columns = appointment.c
    rows = session.execute(select(appointment).where(columns.person == person))
    known = {power.value for power in Power}
    return [
        Appointment(
            person=row.person,
            agency=row.agency,
            office=row.office,
            powers=frozenset(Power(power) for power in row.powers if power in known),
            since=row.since,
            until=row.until,
        )
        for row in rows
    ]


def asker(
    request: Request, session: AtSession, person: Annotated[Actor, Depends(identify)]
) -> Actor:
    """The actor with the appointments this service knows of; also at `request.state.actor`."""
    actor = person
    if person.realm is Realm.STAFF and person.person:
        actor = appointed(person, appointments_of(session, person.person))
    request.state.actor = actor
    return actor


AtActor = Annotated[Actor, Depends(asker)]


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a route. It is a dependency: `Depends(asks(STAFF, Power.AUDIT))`.

    `powers`: any one of them, at any of the asker's own offices; which office it must be is for
    the act to say, which knows the thing asked about. `roles` come from the token and are coarse.
    """

    caller: Caller
    powers: tuple[Power, ...] = ()
    roles: tuple[str, ...] = ()
    step_up: bool = False

    def check_caller(self, actor: Actor) -> None:
        """Raise a refusal for whom no appointment could help: what the token alone says."""
        if self.caller is not Caller.PUBLIC and actor.person is None:
            raise NotSignedIn("This needs a person who has signed in")
        if self.caller in REALM_OF and actor.realm is not REALM_OF[self.caller]:
            raise NotAllowed(f"This is for {self.caller.value} only")
        if self.roles and not actor.roles & set(self.roles):
            raise NotAllowed("Your account lacks the role for this", roles=list(self.roles))

    def __call__(self, request: Request, session: AtSession, actor: AtActor) -> Actor:
        self.check_caller(actor)
        if self.powers and not any(
            actor.holds(power, None, opened_at(session)) for power in self.powers
        ):
            needed = [power.value for power in self.powers]
            raise NotAllowed("This needs a live appointment", powers=needed)
        if self.step_up:
            must_be_fresh(actor, request.app.state.clock.real_now())
        if session.in_transaction():
            session.rollback()  # give the connection back: the route may open works of its own
        return actor

    def published(self) -> dict[str, Any]:
        """What the OpenAPI document says under `x-powers`."""
        told: dict[str, Any] = {"who": self.caller.value, "step_up": self.step_up}
        if self.powers:
            told["any_of"] = [power.value for power in self.powers]
        if self.roles:
            told["roles"] = list(self.roles)
        return told


def must_be_fresh(actor: Actor, real_now: datetime) -> None:
    """Raise StepUpNeeded unless a second factor was given within ten minutes of real time."""
    given = actor.auth_time
    fresh = given is not None and -CLOCK_SKEW <= real_now - given <= STEP_UP_AGE
    if actor.acr != "2" or not fresh:
        raise StepUpNeeded(
            "Sign in again with your second factor",
            acr="2",
            max_age=int(STEP_UP_AGE.total_seconds()),
        )


def asks(
    caller: Caller, *powers: Power, roles: tuple[str, ...] = (), step_up: bool = False
) -> Rule:
    """Declare who may ask: `dependencies=[Depends(asks(STAFF, Power.AUDIT, step_up=True))]`."""
    if (powers or step_up) and caller is not Caller.STAFF:
        raise ValueError("powers and step-up belong to staff")
    return Rule(caller, powers, roles, step_up)
