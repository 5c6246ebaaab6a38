"""The signed ground statement as payments reads it: the facts that fees are counted by."""

from datetime import datetime
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from kernel.problems import Malformed, Problem

PURPOSE: Final = "ground-statement"


class GroundNotReadable(Malformed):
    """The signature is the cadastre's, but this service does not understand what it says."""

    title = "The ground statement cannot be read"


class GroundStatementNotOurs(Problem):
    """The signature does not belong to the statement, or not to this country's cadastre."""

    title = "The ground statement was not signed by the cadastre, or was changed since"


class GroundStatementTooOld(Problem):
    """The statement was true once."""

    title = "The ground statement is no longer valid; check the ground again"


class GroundStatementForAnother(Problem):
    """The statement was made for another licence type."""

    title = "The ground statement was made for something else"


class Hit(BaseModel):
    """What the ground meets, as far as fees depend on it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    consequence: str


class Ground(BaseModel):
    """The members of a ground statement that fees and splits depend on."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    licence_type: str
    minerals: list[str]
    hectares: dict[str, str]
    units: int | None = None
    office: str
    offices: dict[str, str] = {}
    zone: str | None = None
    hits: list[Hit] = []
    known_workings: int
    valid_until: datetime

    @classmethod
    def read(cls, body: dict[str, object], licence_type: str, now: datetime) -> Self:
        """Read a body whose signature was verified; raise unless it may be quoted from at `now`."""
        try:
            ground = cls.model_validate(body)
        except ValidationError as wrong:
            where = sorted({".".join(map(str, e["loc"])) for e in wrong.errors()})
            raise GroundNotReadable("Members are missing or strange", members=where) from wrong
        if ground.licence_type != licence_type:
            raise GroundStatementForAnother("It is for another licence type")
        if now > ground.valid_until:
            raise GroundStatementTooOld("Its time is over", valid_until=ground.valid_until)
        return ground

    def facts(self) -> dict[str, object]:
        """The facts of a case that come from its ground."""
        return {
            "hectares": self.hectares.get("legal", "0"),
            "units": self.units or 0,
            "minerals": self.minerals,
            "office": self.office,
            "offices": self.offices,
            "zone": self.zone,
            "known_workings": self.known_workings,
            "hits": sorted({hit.kind for hit in self.hits}),
            "consequences": sorted({hit.consequence for hit in self.hits}),
        }
