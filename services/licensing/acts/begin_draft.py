"""Begin a draft: an application that nobody has received yet and that binds nobody."""

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.wire_applications import NewDraft
from services.licensing.desk import Desk
from services.licensing.domain.access import CounterOnly, must_act_for, on_behalf_of
from services.licensing.domain.application import Application
from services.licensing.domain.judging import must_be_spelled_right
from services.licensing.store.parties import Parties


def begin_draft(work: UnitOfWork, desk: Desk, new: NewDraft) -> Application:
    """Open a draft for a party; an officer at a counter is named as its helper, with that counter.

    A draft is no fact of the register: it has no journal and no leaf before it is lodged.
    """
    party = Parties(work.session).get(new.party)
    must_act_for(party, work.actor, work.now)
    if party.person is not None and new.applicant not in (None, party.person):
        raise CounterOnly("This party has an account, and its owner keeps control")
    standing = on_behalf_of(work.actor, new.applicant or party.person, work.now, party.counter)
    edition = desk.law.edition_on(work.now)
    edition.procedure(new.licence_type, new.procedure)
    must_be_spelled_right(edition, new.minerals, new.district)
    application = Application(
        id=work.new_id(),
        licence_type=new.licence_type,
        procedure=new.procedure,
        applicant=standing.person,
        helper=standing.helper,
        counter=standing.counter,
        party_id=party.id,
        minerals=list(new.minerals),
        district=new.district,
        answers=dict(new.answers),
        created_at=work.now,
        updated_at=work.now,
    )
    work.session.add(application)
    work.session.flush()
    return application
