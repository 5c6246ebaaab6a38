"""End a membership on a day: it is not removed, it is over."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.wire_parties import EndOfMembership
from kernel.problems import NotFound
from services.licensing.acts.enrol_member import changed
from services.licensing.desk import Law
from services.licensing.domain.access import must_act_for
from services.licensing.domain.membership import end
from services.licensing.domain.party import Party
from services.licensing.store.parties import Parties

ENDED = "membership.ended"


def end_membership(
    work: UnitOfWork, law: Law, group_id: UUID, membership: UUID, ending: EndOfMembership
) -> Party:
    """Let a member go; shares of the others count from the next reading on."""
    group = Parties(work.session).take(group_id)
    must_act_for(group, work.actor, work.now)
    found = next((m for m in group.members if m.id == membership), None)
    if found is None:
        raise NotFound("This group has no such membership")
    end(found, ending.until, law.today(work.now))
    changed(work, group, ENDED)
    return group
