"""Register a party: a person, company, cooperative or federation, by itself or at a counter."""

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.wire_parties import NewParty
from kernel.law.procedure import HolderKind
from services.licensing.desk import Law
from services.licensing.domain.access import Standing, at_counter, on_behalf_of
from services.licensing.domain.identity import identity_keys, must_know_evidence
from services.licensing.domain.membership import PersonsOnly
from services.licensing.domain.party import Party
from services.licensing.store.parties import Parties

REGISTERED = "party.registered"


def register_party(work: UnitOfWork, law: Law, new: NewParty) -> Party:
    """Write down who applies; whoever registers it keeps it, an officer becomes its helper."""
    party = make_party(work, law, new, on_behalf_of(work.actor, new.person, work.now))
    Parties(work.session).add(party)
    work.session.flush()
    tell_party(work, REGISTERED, party)
    return party


def make_party(work: UnitOfWork, law: Law, new: NewParty, standing: Standing) -> Party:
    """A party that is not yet stored. Raises PersonsOnly, EvidenceNotKnown."""
    alone = new.kind is HolderKind.PERSON
    if (new.registration if alone else new.sex or new.birth_year) is not None:
        raise PersonsOnly("Sex and birth year are of persons, a registration of groups")
    must_know_evidence(law.edition_on(work.now), [one.kind for one in new.evidence])
    evidence = [one.model_dump() for one in new.evidence]
    return Party(
        id=work.new_id(),
        kind=new.kind,
        name=new.name,
        person=standing.person,
        nationality=new.nationality,
        sex=new.sex,
        birth_year=new.birth_year,
        registration=new.registration,
        evidence=evidence,
        identity=identity_keys(evidence),
        helper=standing.helper,
        counter=standing.counter,
        created_at=work.now,
        updated_at=work.now,
    )


def tell_party(work: UnitOfWork, fact: str, party: Party, **more: object) -> None:
    """A leaf that commits to all that is known of the party, and a fact without personal data."""
    known = {
        "name": party.name,
        "kind": party.kind.value,
        "registration": party.registration,
        "evidence": party.evidence,
        "sex": party.sex and party.sex.value,
        "birth_year": party.birth_year,
        "members": [
            {
                "party": str(m.member_id),
                "role": m.role,
                "since": str(m.since),
                "share": str(m.share),
            }
            | ({"until": str(m.until)} if m.until else {})
            for m in party.members
        ],
    }
    leaf = work.append(fact, party.id, known)
    told = {"kind": party.kind.value, "version": party.version, "members": len(party.members)}
    work.record(party.id, fact, {**told, **at_counter(party, work.actor), **more}, leaf=leaf)
