"""A party: a person, company, cooperative or federation that can apply for and hold rights."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from contracts.licensing.language import InterestKind, Sex
from kernel.law.procedure import HolderKind

GROUPS = frozenset({HolderKind.COMPANY, HolderKind.COOPERATIVE, HolderKind.FEDERATION})


@dataclass(eq=False, kw_only=True)
class Party:
    """Somebody who can hold a right.

    `person` is the account that acts for the party (`public:<sub>`), None where there is none.
    `sex` and `birth_year` are of persons only and kept for statistics. `evidence` is how the party
    proved who it is: `kind`, one of the rulebook's, and `number`; `identity` is the same as it is
    compared with other parties'. `counter` is the office at whose counter it was registered,
    `helper` the officer who did it.
    """

    id: UUID
    kind: HolderKind
    name: str
    created_at: datetime
    updated_at: datetime
    person: str | None = None
    nationality: str | None = None  # ISO 3166 alpha-2, or the example country's code
    sex: Sex | None = None
    birth_year: int | None = None
    registration: str | None = None  # of a group, in its own register
    evidence: list[dict[str, str]] = field(default_factory=list)
    identity: list[str] = field(default_factory=list)
    helper: str | None = None
    counter: str | None = None
    version: int = 1
    members: list["Member"] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        return self.kind in GROUPS


@dataclass(eq=False, kw_only=True)
class Member:
    """A party's membership in a group, dated.

    `share` counts parts: the portion is the share divided by all live shares.
    """

    id: UUID
    group_id: UUID
    member_id: UUID
    role: str
    since: date
    until: date | None = None  # the first day on which it no longer holds
    share: Decimal = Decimal(1)
    recorded_at: datetime
    party: Party | None = None

    def live(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(eq=False, kw_only=True)
class Interest:
    """A declared interest of a person (`staff:<sub>` or `public:<sub>`) in a party.

    `counts`: declared on the side of the offices. What a party says of an officer is kept, but
    bars nobody: an applicant does not choose who decides.
    """

    id: UUID
    party_id: UUID
    person: str
    kind: InterestKind
    since: date
    until: date | None = None
    declared_by: str
    declared_at: datetime

    @property
    def counts(self) -> bool:
        return self.declared_by.startswith("staff:")
