"""Who may see and who may change parties and applications: own files, own office, no others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kernel.authority import Actor, Power, Realm
from kernel.problems import NotAllowed, NotFound
from services.licensing.domain.application import Application
from services.licensing.domain.party import Party

SEEING: Final = (
    Power.READ_CASES,
    Power.RECORD_STEP,
    Power.DECIDE_STEP,
    Power.RECORD_PAPER_DECISION,
    Power.CONFIRM_PAPER_DECISION,
    Power.APPROVE_GRANT,
)


class CounterOnly(NotAllowed):
    """Only an officer at a counter names the person for whom something is done."""

    title = "Only an officer at a counter acts for somebody else"


@dataclass(frozen=True, slots=True)
class Standing:
    """For whom something is done: who keeps control, and at a counter the helper and its office."""

    person: str | None
    helper: str | None = None
    counter: str | None = None


def counters(actor: Actor, now: datetime) -> frozenset[str]:
    """The offices at whose counter the actor may help."""
    if actor.realm is not Realm.STAFF:
        return frozenset()
    held = {one.office for one in actor.appointments}
    power = Power.ASSIST_AT_COUNTER
    return frozenset(office for office in held if actor.holds(power, office, now))


def on_behalf_of(
    actor: Actor, named: str | None, now: datetime, known_at: str | None = None
) -> Standing:
    """Oneself, or whom an officer at a counter names.

    Who helps at several counters stands at the one that knows the party, else at the first by name.
    """
    if here := counters(actor, now):
        if named is not None and not named.startswith("public:"):
            raise CounterOnly("An applicant is somebody of the public")
        return Standing(named, actor.person, known_at if known_at in here else min(here))
    if actor.realm is not Realm.PUBLIC:
        raise CounterOnly("This needs the power to assist at a counter")
    if named not in (None, actor.person):
        raise CounterOnly("You can act for yourself only")
    return Standing(actor.person)


def acts_for(party: Party, actor: Actor, now: datetime) -> bool:
    """Whether the actor speaks for the party: its own account, or the counter it came to."""
    own = party.person is not None and party.person == actor.person
    return own or party.counter in counters(actor, now)


def must_act_for(party: Party, actor: Actor, now: datetime) -> None:
    """Raise NotFound for strangers, NotAllowed for officers at whose counter it never was."""
    if not acts_for(party, actor, now):
        refuse(actor, "This party was not registered at a counter at which you assist")


def at_counter(party: Party, actor: Actor) -> dict[str, str]:
    """What a fact tells beside the officer, who stands in the journal: at which counter."""
    here = actor.realm is Realm.STAFF and party.counter is not None
    return {"counter": party.counter} if here and party.counter else {}


def keeps(application: Application, party: Party, actor: Actor, now: datetime) -> bool:
    """Whether the file is the actor's own: its applicant, its party, or its helper still at the
    counter where it was begun.
    """
    if actor.person is None:
        return False
    if actor.realm is Realm.PUBLIC:
        return actor.person in {application.applicant, party.person}
    return actor.person == application.helper and application.counter in counters(actor, now)


def must_keep(application: Application, party: Party, actor: Actor, now: datetime) -> None:
    """Raise NotFound for strangers, NotAllowed for officers who are not the file's helper."""
    if not keeps(application, party, actor, now):
        refuse(actor, "Only the applicant and the named helper may do this")


def must_see(
    application: Application, party: Party, offices: Iterable[str], actor: Actor, now: datetime
) -> None:
    """Raise unless it is the actor's own file or one of the offices at work on it is theirs."""
    if keeps(application, party, actor, now) or actor.holds(Power.AUDIT, None, now):
        return
    seen = application.filing_seq is not None and any(
        actor.holds(power, office, now) for office in offices for power in SEEING
    )
    if not seen:
        refuse(actor, "This file is with another office")


def refuse(actor: Actor, detail: str) -> None:
    """404 for the public, to whom others' files do not exist; 403 for staff."""
    if actor.realm is Realm.STAFF:
        raise NotAllowed(detail)
    raise NotFound("There is no such thing among yours")
