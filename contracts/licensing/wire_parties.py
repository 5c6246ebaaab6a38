"""Parties on the wire: persons, groups, their members, and what an imported list came to."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, PlainSerializer

from contracts.instants import Day
from contracts.licensing.language import InterestKind, Sex
from contracts.licensing.wire import Id, Line, Person, View, Words
from kernel.law.procedure import HolderKind

Year = Annotated[int, Field(ge=1900, le=2200)]
Share = Annotated[
    Decimal,
    Field(ge=0, le=10**8, max_digits=14, decimal_places=6),
    PlainSerializer(lambda n: format(n.normalize(), "f"), return_type=str),
]
"""Parts of the whole, written as text; a member's portion is its parts of all live parts."""


class Evidence(Words):
    """How somebody proved who they are; `kind` is one of the rulebook's."""

    kind: Id
    number: Line


class NewParty(Words):
    """`person` only from an officer at the counter, for the account of the one who is there."""

    kind: HolderKind
    name: Line
    nationality: Annotated[str, Field(pattern="^[A-Z]{2,3}$")] | None = None
    sex: Sex | None = None
    birth_year: Year | None = None
    registration: Line | None = None
    evidence: list[Evidence] = Field(default_factory=list, max_length=10)
    person: Person | None = None


class NewMember(Words):
    """A member that is a party already (`party`), or a person who becomes one (`new`)."""

    party: UUID | None = None
    new: NewParty | None = None
    role: Id = "member"
    since: Day | None = None  # by default today, in legal time
    share: Share = Decimal(1)


class EndOfMembership(Words):
    until: Day  # the first day without


class NewInterest(Words):
    """`person`: who has the interest; left out, the one who declares it.

    An officer's own counts at once, as does one declared by who approves appointments at that
    officer's office. What a party declares is kept and counts when one of these declares it too.
    """

    kind: InterestKind
    person: Person | None = None
    since: Day | None = None
    until: Day | None = None


class InterestView(View):
    """`counts`: the person takes no part in deciding on the party's files."""

    id: UUID
    person: str
    kind: InterestKind
    since: date
    until: date | None
    counts: bool


class MemberView(View):
    id: UUID
    party: UUID
    name: str
    kind: HolderKind
    sex: Sex | None
    birth_year: int | None
    role: str
    since: date
    until: date | None
    share: Share


class PartyView(View):
    """A party with its members, ended ones included; counts are of members live today."""

    id: UUID
    kind: HolderKind
    name: str
    nationality: str | None
    sex: Sex | None
    birth_year: int | None
    registration: str | None
    evidence: list[Evidence]
    members: list[MemberView]
    live_members: int
    women: int
    men: int
    version: int


class RowProblem(View):
    """What is wrong in one cell, in words a clerk can act on."""

    column: str | None
    problem: str


class ImportedRow(View):
    """One row of the list: `accepted`, `known` (a member already) or `refused` with reasons."""

    row: int  # as the spreadsheet counts, the heading is row 1
    name: str | None
    outcome: str
    problems: list[RowProblem]


class ImportReport(View):
    """Every row of the list is here; a refused row can be put right and the list sent again."""

    accepted: int
    known: int
    refused: int
    rows: list[ImportedRow]
    party: PartyView
