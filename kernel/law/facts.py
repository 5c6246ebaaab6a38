"""The facts of a case from which conditions, tariffs and offices follow: no personal data."""

from typing import Annotated

from pydantic import Field, StringConstraints

from kernel.law.procedure import HolderKind
from kernel.law.words import Id, Number, Rule


class CaseFacts(Rule):
    """What is known of a case when it is lodged.

    Facts of the ground come from the signed ground statement (hectares: its `legal` entry), facts
    of the party from licensing's register. All stand in the plan, so that a plan can be made again.
    """

    hectares: Number = Field(
        default="0", description="Area asked for, in hectares, by the method the law names."
    )
    units: int = Field(default=0, ge=0, description="Cells asked for, of a grid licence.")
    minerals: tuple[Id, ...] = Field(default=(), description="Minerals asked for.")
    party_kind: HolderKind = Field(description="person, company, cooperative or federation.")
    members: int = Field(default=0, ge=0, description="Members of a group on the day of lodging.")
    women: int = Field(default=0, ge=0, description="How many of them are women.")
    holds: int = Field(
        default=0, ge=0, description="Licences of this type that the party holds in force."
    )
    holds_hectares: Number = Field(default="0", description="Their hectares in all.")
    zone: str | None = Field(default=None, description="The zone a right is tied to.")
    known_workings: int = Field(
        default=0, ge=0, description="Known workings under the asked ground."
    )
    hits: tuple[str, ...] = Field(
        default=(),
        description="Kinds of what the ground meets: licence, application, zone and so on.",
    )
    consequences: tuple[str, ...] = Field(
        default=(), description="What follows from these: consent, visit-and-notice and so on."
    )
    office: Id | None = Field(default=None, description="The lead office, by the ground statement.")
    offices: dict[Id, Id] = Field(
        default_factory=dict, description="Agency to office, by the ground statement."
    )
    other_offices: tuple[Id, ...] = Field(
        default=(), description="Other offices whose jurisdiction the ground touches."
    )
    district: Id | None = Field(
        default=None,
        description="District of residence or business: decides the offices where no ground does.",
    )
    origin: Annotated[str, StringConstraints(max_length=20)] = Field(
        default="online", description="online, counter or device."
    )
