"""Enrol a member in a group, with share, role and entry date."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.wire_parties import NewMember
from services.licensing.acts.register_party import make_party, tell_party
from services.licensing.desk import Law
from services.licensing.domain.access import Standing, at_counter, must_act_for
from services.licensing.domain.membership import MemberMissing, must_take
from services.licensing.domain.party import Member, Party
from services.licensing.store.parties import Parties

ENROLLED = "member.enrolled"


def enrol_member(work: UnitOfWork, law: Law, group_id: UUID, new: NewMember) -> Party:
    """Take a registered party, or a person who becomes one, into a group; gives the group."""
    parties = Parties(work.session)
    group = parties.take(group_id)
    must_act_for(group, work.actor, work.now)
    today = law.today(work.now)
    party = _whom(work, law, group, new)
    since = new.since or today
    must_take(group, party, since, today)
    member = Member(
        id=work.new_id(),
        group_id=group.id,
        member_id=party.id,
        role=new.role,
        since=since,
        share=new.share,
        recorded_at=work.now,
    )
    parties.enrol(group, member, party)
    changed(work, group, ENROLLED)
    return group


def _whom(work: UnitOfWork, law: Law, group: Party, new: NewMember) -> Party:
    if (new.party is None) == (new.new is None):
        raise MemberMissing("Give `party` or `new`, one of them")
    if new.party is not None:
        return Parties(work.session).get(new.party)
    if new.new is None:
        raise MemberMissing("Give `party` or `new`, one of them")
    return make_party(work, law, new.new, beside(work, group))


def beside(work: UnitOfWork, group: Party) -> Standing:
    """A member made at a counter came to it with the group; nobody else's account controls it."""
    counter = at_counter(group, work.actor).get("counter")
    return Standing(None, work.actor.person if counter else None, counter)


def changed(work: UnitOfWork, group: Party, fact: str, **more: object) -> None:
    """Count the change and tell it."""
    group.version += 1
    group.updated_at = work.now
    work.session.flush()
    tell_party(work, fact, group, **more)
