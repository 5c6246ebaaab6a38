"""Parties in the database: read, locked, and who has an interest in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, func, or_, select, text
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from chassis.tables import appointment
from kernel.problems import NotFound
from services.licensing.domain.party import Interest, Member, Party
from services.licensing.store import mapping, tables

mapping.map_entities()
MEMBERS = selectinload(Party.members).selectinload(Member.party)  # type: ignore[arg-type]
FOUND: Final = select(Party).where(tables.party.c.id == bindparam("party"))
LOCKED: Final = FOUND.with_for_update().execution_options(populate_existing=True)
IN_GROUP: Final = (
    select(Member)
    .where(tables.member.c.group_id == bindparam("party"))
    .order_by(tables.member.c.since, tables.member.c.id)
    .options(selectinload(Member.party))  # type: ignore[arg-type]
    .execution_options(populate_existing=True)
)
ONE_HOLDER: Final = text("select pg_advisory_xact_lock(hashtextextended(:key, 8))")
SHOWING: Final = select(tables.party.c.id).where(
    tables.party.c.identity.op("&&")(bindparam("keys", type_=ARRAY(Text)))
)


@dataclass(frozen=True, slots=True)
class Parties:
    session: Session

    def get(self, party_id: UUID) -> Party:
        """A party with its members. Raises NotFound."""
        return self._one(party_id, lock=False)

    def take(self, party_id: UUID) -> Party:
        """The same, locked until the act is over."""
        return self._one(party_id, lock=True)

    def _one(self, party_id: UUID, *, lock: bool) -> Party:
        found = self.session.scalars(LOCKED if lock else FOUND, {"party": party_id}).first()
        if found is None:
            raise NotFound("There is no such party")
        members: Sequence[Member] = []  # of a person, who can have none: nothing to ask for
        if found.is_group:
            members = self.session.scalars(IN_GROUP, {"party": party_id}).all()
        set_committed_value(found, "members", list(members))
        return found

    def same_holder(self, party: Party, keys: Sequence[str]) -> list[UUID]:
        """The party and every other that shows one of these; whoever asks for one of them waits.

        The locks last until the act is over, so that two filings of one holder see each other.
        """
        if not keys:
            return [party.id]
        for key in sorted(keys):
            self.session.execute(ONE_HOLDER, {"key": key})
        found = self.session.scalars(SHOWING, {"keys": list(keys)}).all()
        return [party.id, *(one for one in found if one != party.id)]

    def add(self, party: Party) -> None:
        self.session.add(party)

    def of_person(self, person: str) -> Sequence[Party]:
        """The parties that an account acts for, oldest first."""
        wanted = (
            select(Party)
            .where(tables.party.c.person == person)
            .options(MEMBERS)
            .order_by(tables.party.c.created_at, tables.party.c.id)
        )
        return self.session.scalars(wanted).all()

    def enrol(self, group: Party, member: Member, party: Party) -> None:
        """Write a membership down; the group shows it at once."""
        member.party = party
        group.members.append(member)
        self.session.add(party)
        self.session.flush()

    def interests(self, party_id: UUID) -> Sequence[Interest]:
        wanted = select(Interest).where(tables.interest.c.party_id == party_id)
        return self.session.scalars(wanted.order_by(tables.interest.c.declared_at)).all()

    def interested(self, party_id: UUID, on: date) -> frozenset[str]:
        """Accounts that may take no part in deciding on this party's files.

        Its own account, its members' accounts (members of members too), and everybody with a
        declared interest in any of these that counts and is live on that day.
        """
        circle = self._circle(party_id, on)
        party, interest = tables.party.c, tables.interest.c
        own = select(party.person).where(party.id.in_(circle), party.person.is_not(None))
        declared = select(interest.person).where(
            interest.party_id.in_(circle),
            interest.declared_by.startswith("staff:"),
            interest.since <= on,
            or_(interest.until.is_(None), interest.until > on),
        )
        found = [*self.session.scalars(own), *self.session.scalars(declared)]
        return frozenset(person for person in found if person)

    def offices(self, party_id: UUID) -> set[str]:
        """Every office that is or was at work on a lodged application of the party."""
        application, step = tables.application.c, tables.step.c
        mine = (application.party_id == party_id, application.filing_seq.is_not(None))
        lead = select(application.office).where(*mine)
        here = application.id == step.application_id
        at_work = select(step.office).join(tables.application, here).where(*mine)
        former = select(func.unnest(step.former_offices)).join(tables.application, here)
        every = lead.union(at_work, former.where(*mine))
        return {office for office in self.session.scalars(every) if office}

    def offices_of_officer(self, person: str, now: datetime) -> Sequence[str]:
        """The offices at which somebody is appointed now."""
        live = (
            appointment.c.person == person,
            appointment.c.since <= now,
            or_(appointment.c.until.is_(None), appointment.c.until > now),
        )
        return self.session.scalars(select(appointment.c.office).where(*live).distinct()).all()

    def _circle(self, party_id: UUID, on: date) -> set[UUID]:
        member = tables.member.c
        first = select(tables.party.c.id.label("id")).where(tables.party.c.id == party_id)
        inside = first.cte("circle", recursive=True)
        inside = inside.union(
            select(member.member_id).where(
                member.group_id == inside.c.id,
                member.since <= on,
                or_(member.until.is_(None), member.until > on),
            )
        )
        return set(self.session.scalars(select(inside.c.id)))
