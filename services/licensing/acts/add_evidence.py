"""Add evidence: a party shows one more thing that proves who it is."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.wire_parties import Evidence
from services.licensing.acts.enrol_member import changed
from services.licensing.desk import Law
from services.licensing.domain.access import must_act_for
from services.licensing.domain.identity import (
    EvidenceStands,
    identity_keys,
    must_know_evidence,
)
from services.licensing.domain.party import Party
from services.licensing.store.parties import Parties

MOST = 10
EVIDENCE_ADDED = "party.evidence-added"


def add_evidence(work: UnitOfWork, law: Law, party_id: UUID, new: Evidence) -> Party:
    """What was shown before stays; what was shown already changes nothing.

    Raises NotFound, NotAllowed, EvidenceNotKnown, EvidenceStands.
    """
    party = Parties(work.session).take(party_id)
    must_act_for(party, work.actor, work.now)
    must_know_evidence(law.edition_on(work.now), [new.kind])
    shown = new.model_dump()
    if set(identity_keys([shown])) <= set(party.identity):
        return party
    if len(party.evidence) >= MOST:
        raise EvidenceStands(f"A party shows at most {MOST}", shown=len(party.evidence))
    party.evidence = [*party.evidence, shown]
    party.identity = identity_keys(party.evidence)
    changed(work, party, EVIDENCE_ADDED, evidence=new.kind)
    return party
