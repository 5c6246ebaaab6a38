"""Import members from a list: each row is enrolled, known already, or says what is wrong."""

from collections.abc import Sequence
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.wire_parties import ImportedRow, ImportReport, RowProblem
from kernel.law.editions import Edition
from kernel.law.procedure import HolderKind
from services.licensing.acts.enrol_member import beside, changed
from services.licensing.desk import Law
from services.licensing.domain.access import must_act_for
from services.licensing.domain.cells import words
from services.licensing.domain.identity import identity_keys
from services.licensing.domain.member_list import Listed, ListRow, keys_of, read_list
from services.licensing.domain.membership import CannotBeAMember, NotAGroup
from services.licensing.domain.party import Member, Party
from services.licensing.domain.shown import show_party
from services.licensing.store.parties import Parties

IMPORTED = "members.imported"


def import_members(
    work: UnitOfWork, law: Law, group_id: UUID, rows: Sequence[Sequence[str]]
) -> ImportReport:
    """Enrol everybody whose row can be understood; the report holds every row of the list."""
    parties = Parties(work.session)
    group = parties.take(group_id)
    must_act_for(group, work.actor, work.now)
    if not group.is_group:
        raise NotAGroup("A person has no members")
    if group.kind is HolderKind.FEDERATION:
        raise CannotBeAMember("A federation's members are groups; enrol them one by one")
    today = law.today(work.now)
    read = read_list(rows, today, evidence_words(law.edition_on(work.now)))
    known = _known(group)
    outcomes = [_take(work, parties, group, row, known) for row in read]
    accepted = sum(one.outcome == "accepted" for one in outcomes)
    if accepted:
        changed(work, group, IMPORTED, accepted=accepted, rows=len(outcomes))
    return ImportReport(
        accepted=accepted,
        known=sum(one.outcome == "known" for one in outcomes),
        refused=sum(one.outcome == "refused" for one in outcomes),
        rows=outcomes,
        party=show_party(group, today),
    )


def evidence_words(edition: Edition) -> dict[str, str]:
    """What people may write for each kind of evidence: its id, and its name in every language."""
    spelled = {words(one.id): one.id for one in edition.rules.evidence}
    for one in edition.rules.evidence:
        for text in edition.rules.texts.get(one.title, {}).values():
            spelled.setdefault(words(text), one.id)
    return spelled


def _known(group: Party) -> set[object]:
    keys: set[object] = set()
    for member in group.members:
        if member.party is None or member.until is not None:
            continue
        numbers: list[str | None] = [one["number"] for one in member.party.evidence] or [None]
        for number in numbers:
            keys.update(keys_of(member.party.name, member.party.birth_year, number))
    return keys


def _take(
    work: UnitOfWork, parties: Parties, group: Party, row: ListRow, known: set[object]
) -> ImportedRow:
    outcome = "refused"
    if row.member is not None:
        keys = keys_of(row.member.name, row.member.birth_year, row.member.number)
        outcome = "known" if known.intersection(keys) else "accepted"
        if outcome == "accepted":
            _enrol(work, parties, group, row.member)
            known.update(keys)
    faults = [RowProblem(column=one.column, problem=one.problem) for one in row.faults]
    return ImportedRow(row=row.row, name=row.name, outcome=outcome, problems=faults)


def _enrol(work: UnitOfWork, parties: Parties, group: Party, listed: Listed) -> None:
    evidence = (
        [{"kind": listed.evidence, "number": listed.number}]
        if listed.evidence and listed.number
        else []
    )
    standing = beside(work, group)
    party = Party(
        id=work.new_id(),
        kind=HolderKind.PERSON,
        name=listed.name,
        sex=listed.sex,
        birth_year=listed.birth_year,
        evidence=evidence,
        identity=identity_keys(evidence),
        helper=standing.helper,
        counter=standing.counter,
        created_at=work.now,
        updated_at=work.now,
    )
    member = Member(
        id=work.new_id(),
        group_id=group.id,
        member_id=party.id,
        role=listed.role,
        since=listed.since,
        share=listed.share,
        recorded_at=work.now,
    )
    parties.enrol(group, member, party)
