"""Declare an interest in a party: whoever has one takes no part in deciding on its files."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.wire_parties import NewInterest
from kernel.authority import Realm
from kernel.problems import NotAllowed
from services.licensing.desk import Law
from services.licensing.domain.access import must_act_for
from services.licensing.domain.membership import MembershipDates
from services.licensing.domain.party import Interest
from services.licensing.store.parties import Parties

DECLARED = "interest.declared"


def declare_interest(work: UnitOfWork, law: Law, party_id: UUID, new: NewInterest) -> Interest:
    """An officer declares one's own; the party itself may name anybody who has one."""
    parties = Parties(work.session)
    party = parties.get(party_id)
    person = new.person or work.actor.person
    own = person == work.actor.person and work.actor.realm is Realm.STAFF
    if not own:
        must_act_for(party, work.actor, work.now)
    if person is None or work.actor.person is None:
        raise NotAllowed("Somebody must have signed in")
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
