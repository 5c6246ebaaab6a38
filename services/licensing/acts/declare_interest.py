"""Declare an interest in a party: whoever has one takes no part in deciding on its files."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.wire_parties import NewInterest
from kernel.authority import Power, Realm
from kernel.problems import NotAllowed
from services.licensing.desk import Law
from services.licensing.domain.access import must_act_for
from services.licensing.domain.membership import MembershipDates
from services.licensing.domain.party import Interest, Party
from services.licensing.store.parties import Parties

DECLARED = "interest.declared"


def declare_interest(work: UnitOfWork, law: Law, party_id: UUID, new: NewInterest) -> Interest:
    """An officer declares one's own, and who appoints at an officer's office declares theirs.

    Only these bar anybody. The party itself may name anybody: that is kept, and counts when the
    officer, or who appoints at the officer's office, declares the same. Raises NotFound,
    NotAllowed, MembershipDates.
    """
    party = Parties(work.session).get(party_id)
    person = new.person or work.actor.person
    if person is None or work.actor.person is None:
        raise NotAllowed("Somebody must have signed in")
    _must_declare(work, party, person)
    since = new.since or law.today(work.now)
    if new.until is not None and new.until <= since:
        raise MembershipDates("An interest ends after it began")
    interest = Interest(
        id=work.new_id(),
        party_id=party.id,
        person=person,
        kind=new.kind,
        since=since,
        until=new.until,
        declared_by=work.actor.person,
        declared_at=work.now,
    )
    work.session.add(interest)
    work.session.flush()
    leaf = work.append(DECLARED, party.id, {"person": person, "kind": new.kind.value})
    work.record(party.id, DECLARED, {"kind": new.kind.value}, leaf=leaf)
    return interest


def _must_declare(work: UnitOfWork, party: Party, person: str) -> None:
    """The counter speaks for a party in everything but this: an officer names no colleague."""
    actor = work.actor
    if actor.realm is not Realm.STAFF:
        must_act_for(party, actor, work.now)
        return
    offices = Parties(work.session).offices_of_officer(person, work.now)
    appoints = any(actor.holds(Power.APPROVE_APPOINTMENT, one, work.now) for one in offices)
    if person != actor.person and not appoints:
        raise NotAllowed("Officers declare their own interests, or those at an office they lead")
