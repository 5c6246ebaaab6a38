"""Women and men among members, leaders and holders: each one counted, and the counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    Date,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from chassis.sifting import sifted
from contracts.licensing.language import Sex, Status
from contracts.licensing.language_cases import LicenceStatus
from contracts.licensing.language_figures import Part, Standing
from contracts.licensing.wire_statistics import PeopleRow, PersonCounted
from kernel.law.procedure import HolderKind
from services.licensing.store.case_tables import licence
from services.licensing.store.tables import application, member, party

Place = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class PeopleOf:
    """Who is counted at `now`; memberships on the local day `today`; None: whatever it is.

    `leading`: the roles that lead, by the rulebook. `sex`: of persons; those who did not say are
    `unknown`.
    """

    now: datetime
    today: date
    leading: Sequence[str]
    part: Part | None = None
    standing: Standing | None = None
    party_kind: HolderKind | None = None
    sex: Sex | None = None

    def rows(self) -> Select[Any]:
        """Each one: figure and rows are both made of this."""
        standing = _standing(self.now)
        everybody = union_all(
            self._members(standing, Part.MEMBER),
            self._members(standing, Part.LEADER).where(member.c.role.in_(self.leading)),
            _holders(standing),
        ).subquery("everybody")
        names = ("part", "standing", "party_kind", "sex")
        asked = {name: getattr(self, name) for name in names}
        return select(everybody).where(*sifted(everybody, **asked))

    def _members(self, standing: CTE, part: Part) -> Select[Any]:
        group, person = party.alias("the_group"), party.alias("person")
        return (
            select(
                member.c.id,
                literal(part.value, Text).label("part"),
                standing.c.standing,
                group.c.id.label("party"),
                cast(group.c.kind, Text).label("party_kind"),
                cast(func.coalesce(person.c.sex, Sex.UNKNOWN), Text).label("sex"),
                member.c.role,
                member.c.since,
            )
            .join(group, group.c.id == member.c.group_id)
            .join(standing, standing.c.party == group.c.id)
            .join(person, person.c.id == member.c.member_id)
            .where(person.c.kind == HolderKind.PERSON, member.c.since <= self.today)
            .where(or_(member.c.until.is_(None), member.c.until > self.today))
        )


def _standing(now: datetime) -> CTE:
    """Parties that hold a licence in force, or have an application open and hold none."""
    holding = (
        select(licence.c.party_id.label("party"))
        .where(licence.c.status == LicenceStatus.IN_FORCE)
        .where(licence.c.valid_from <= now, licence.c.valid_to > now)
        .distinct()
        .cte("holding")
    )
    applying = (
        select(application.c.party_id.label("party"))
        .where(application.c.status.in_((Status.LODGED, Status.ISSUING)))
        .where(application.c.party_id.not_in(select(holding.c.party)))
        .distinct()
        .cte("applying")
    )
    return union_all(
        select(holding.c.party, literal(Standing.HOLDING.value, Text).label("standing")),
        select(applying.c.party, literal(Standing.APPLYING.value, Text).label("standing")),
    ).cte("standing")


def _holders(standing: CTE) -> Select[Any]:
    """The parties themselves; a group has no sex, a person who did not say is unknown."""
    told = func.coalesce(party.c.sex, Sex.UNKNOWN)
    return select(
        party.c.id,
        literal(Part.HOLDER.value, Text).label("part"),
        standing.c.standing,
        party.c.id.label("party"),
        cast(party.c.kind, Text).label("party_kind"),
        cast(case((party.c.kind == HolderKind.PERSON, told)), Text).label("sex"),
        cast(null(), Text).label("role"),
        cast(null(), Date).label("since"),
    ).join(standing, standing.c.party == party.c.id)


def people(session: Session, asked: PeopleOf) -> list[PeopleRow]:
    """The figure: women, men, those who did not say, and holders that are groups."""
    one = asked.rows().subquery("one")
    by = (one.c.part, one.c.standing, one.c.party_kind)
    found = session.execute(
        select(
            *by,
            func.count().label("count"),
            func.count().filter(one.c.sex == Sex.FEMALE.value).label("women"),
            func.count().filter(one.c.sex == Sex.MALE.value).label("men"),
            func.count().filter(one.c.sex == Sex.UNKNOWN.value).label("unknown"),
            func.count().filter(one.c.sex.is_(None)).label("groups"),
        )
        .group_by(*by)
        .order_by(*by)
    )
    return [PeopleRow.model_validate(dict(row._mapping)) for row in found]


def people_counted(
    session: Session, asked: PeopleOf, after: Place | None, limit: int
) -> list[PersonCounted]:
    """The rows that the figure counts, without names."""
    one = asked.rows().subquery("one")
    place = (one.c.part, one.c.id)
    wanted = select(one).order_by(*place).limit(limit)
    if after is not None:
        wanted = wanted.where(tuple_(*place) > after)
    return [PersonCounted.model_validate(dict(row._mapping)) for row in session.execute(wanted)]


def place_of(row: PersonCounted) -> tuple[str, str]:
    return row.part.value, str(row.id)
