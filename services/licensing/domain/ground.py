"""The signed ground statement as licensing reads it, and when an application cannot stand on it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from kernel.law.plan import GroundRule
from kernel.problems import Malformed, Problem

PURPOSE: Final = "ground-statement"
MAX_AGE: Final = timedelta(hours=24)
SKEW: Final = timedelta(minutes=2)  # by which the cadastre's clock may be ahead of ours
Number = Annotated[str, StringConstraints(pattern=r"^\d{1,15}(\.\d{1,8})?$")]


class GroundNotReadable(Malformed):
    """The signature is the cadastre's, but this service does not understand what it says."""

    title = "The ground statement cannot be read"


class GroundNeeded(Problem):
    """This licence type takes ground, and no signed statement came with the application."""

    title = "Check the ground first and send the signed statement with the application"


class NoGroundWanted(Problem):
    """This licence type takes no ground: a statement has no meaning here."""

    title = "This licence type takes no ground"


class GroundStatementNotOurs(Problem):
    """The signature does not belong to the statement, or not to this country's cadastre."""

    title = "The ground statement was not signed by the cadastre, or was changed since"


class GroundStatementTooOld(Problem):
    """The statement was true once; it must be at most 24 hours old in law."""

    title = "The ground statement is no longer valid; check the ground again"


class GroundStatementForAnother(Problem):
    """The statement speaks of another licence type, other minerals, another edition or stack."""

    title = "The ground statement was made for something else"


class _Reading(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Hit(_Reading):
    """What the ground meets, as far as the statement tells: kind and consequence, no holder."""

    kind: str
    consequence: str
    hectares: str
    seq: int | None = None
    name: str | None = None


class Ground(_Reading):
    """The members of a ground statement that licensing needs."""

    id: UUID
    country: str
    licence_type: str
    minerals: list[str]
    geometry_hash: str | None
    bbox_mm: tuple[int, int, int, int] | None = None
    hectares: dict[str, Number]
    units: int | None = None
    net_hectares: str | None = None
    office: str
    offices: dict[str, str] = {}
    other_offices: list[str] = []
    zone: str | None = None
    edition: str
    hits: list[Hit]
    known_workings: int
    checked_at: datetime
    valid_until: datetime
    training: bool = False

    @classmethod
    def read(cls, body: dict[str, object]) -> Self:
        """Read a body whose signature was verified; GroundNotReadable when members are missing."""
        try:
            return cls.model_validate(body)
        except ValidationError as wrong:
            where = sorted({".".join(map(str, e["loc"])) for e in wrong.errors()})
            raise GroundNotReadable("Members are missing or strange", members=where) from wrong

    @property
    def legal_hectares(self) -> Decimal | None:
        """The area that fees and limits use; None where there is no ground of its own."""
        return Decimal(self.hectares["legal"]) if "legal" in self.hectares else None

    def consequences(self) -> list[str]:
        """What follows from what lies under the area, each once."""
        return sorted({hit.consequence for hit in self.hits})


def wants_statement(rule: GroundRule) -> bool:
    """Every right with ground, or inside a zone, is lodged on a signed statement."""
    return rule is not GroundRule.NONE


def check_ground(
    ground: Ground,
    *,
    country: str,
    licence_type: str,
    minerals: Collection[str],
    editions: Collection[str],
    training: bool,
    now: datetime,
) -> None:
    """Raise unless the statement speaks of this very application and is still valid at `now`.

    `editions` are the effective dates under which a statement may have been made: the one in force,
    and one that was in force at its `checked_at`.
    """
    told = {
        "country": (ground.country, country),
        "licence_type": (ground.licence_type, licence_type),
        "minerals": (sorted(ground.minerals), sorted(minerals)),
        "training": (ground.training, training),
    }
    other = sorted(name for name, (is_, should) in told.items() if is_ != should)
    if ground.edition not in editions:
        other.append("edition")
    if other:
        raise GroundStatementForAnother(
            "The statement differs from the application in " + ", ".join(other), members=other
        )
    ahead = ground.checked_at - now > SKEW
    if ahead or now > ground.valid_until or now - ground.checked_at > MAX_AGE:
        raise GroundStatementTooOld(
            "It was valid until " + ground.valid_until.isoformat(),
            checked_at=ground.checked_at,
            valid_until=ground.valid_until,
        )
