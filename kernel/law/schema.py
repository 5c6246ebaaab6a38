"""One edition of a rulebook as data: what its files may hold, taken together."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from kernel.law.fees import Beneficiary, Fee
from kernel.law.ground import (
    HitDetail,
    HitKind,
    KnownWorkings,
    Mineral,
    MineralGroup,
    OverlapRule,
    ZoneKind,
)
from kernel.law.places import (
    Agency,
    CalendarRules,
    CountryRules,
    District,
    LeadOffice,
    Office,
)
from kernel.law.procedure import Evidence, IdentityRule, LicenceType, Paper
from kernel.law.words import AgencyId, ArticleId, Id, Language, Rule, Span, TextKey


class Article(Rule):
    """A passage of the law that a rule comes from."""

    cites: str = Field(description="As lawyers cite it.")
    says: str = Field(description="Its words, or what they come to.")
    url: str | None = Field(default=None, description="Where it can be read.")


class Signatory(Rule):
    """Whose signature on paper counts."""

    id: Id = Field(description="The signatory's id.")
    title: TextKey = Field(description="Text: the post.")
    agency: AgencyId = Field(description="The agency it belongs to.")


class Channel(StrEnum):
    """By what way a notice goes."""

    SMS = "sms"
    EMAIL = "email"


class Notice(Rule):
    """What people are told, by text message or e-mail; placeholders stand in braces."""

    channel: Channel = Field(description="By what way it goes.")
    params: dict[Annotated[str, StringConstraints(pattern="^[a-z_]+$")], str] = Field(
        description="Placeholder to a sample as long as it may get: lengths are checked with it."
    )
    subject: dict[Language, str] = Field(default_factory=dict, description="Of an e-mail.")
    texts: dict[Language, str] = Field(description="The words, in every language of the country.")
    service: bool = Field(
        default=False, description="Whether the law lets this notice count as service."
    )


class Instant(StrEnum):
    """The instants of a decision (domain.md §2); lodging has only the first two."""

    MADE = "made"
    RECORDED = "recorded"
    PUBLISHED = "published"
    SERVED = "served"
    EFFECTIVE = "effective"


class DecisionRules(Rule):
    """Which instant of a decision starts which clock, and how it is served."""

    offer_runs_from: Instant = Field(description="From when the time to pay the offer runs.")
    appeal_runs_from: Instant = Field(description="From when the time to appeal runs.")
    appeal_within: Span = Field(description="The time to appeal.")
    effective_from: Instant = Field(description="When a decision takes effect.")
    served_after: Span = Field(description="When service is deemed after sending, without proof.")
    article: ArticleId = Field(description="Source of the law.")


class Disclosures(Rule):
    """What a rival and the public are told of what their ground meets."""

    hits: dict[HitKind, tuple[HitDetail, ...]] = Field(
        description="What a ground statement says of each kind of hit; kinds left out: hectares."
    )
    article: ArticleId = Field(description="Source of the law.")


LEADING: Final = (
    "chair", "chairman", "chairperson", "chairwoman", "vice-chair", "president", "vice-president",
    "leader", "director", "manager", "secretary", "treasurer",
)  # where a rulebook names none


class Rules(Rule):
    """All an edition says. Each member stands in one file, licence types in their own."""

    country: CountryRules = Field(description="The country itself.")
    articles: dict[ArticleId, Article] = Field(description="The passages that rules come from.")
    texts: dict[TextKey, dict[Language, str]] = Field(
        description="Words for people: key, then language."
    )
    agencies: tuple[Agency, ...] = Field(description="Authorities that answer steps.")
    offices: tuple[Office, ...] = Field(description="Their offices.")
    districts: tuple[District, ...] = Field(default=(), description="Districts by name.")
    lead_office: LeadOffice = Field(description="Who leads when ground straddles jurisdictions.")
    calendar: CalendarRules = Field(description="Working days and hours.")
    mineral_groups: tuple[MineralGroup, ...] = Field(description="Groups of minerals.")
    minerals: tuple[Mineral, ...] = Field(description="Coded minerals.")
    zone_kinds: tuple[ZoneKind, ...] = Field(description="Kinds of zones.")
    overlap: tuple[OverlapRule, ...] = Field(
        description="What may lie over what: the first rule that fits decides, the last fits all."
    )
    known_workings: KnownWorkings = Field(description="What known workings force.")
    disclosure: Disclosures = Field(description="What is told of hits.")
    evidence: tuple[Evidence, ...] = Field(description="Ways to prove who somebody is.")
    identity: tuple[IdentityRule, ...] = Field(description="Which evidence is enough for whom.")
    papers: tuple[Paper, ...] = Field(description="Papers an application may need.")
    signatories: tuple[Signatory, ...] = Field(default=(), description="Who signs on paper.")
    leading_roles: tuple[Id, ...] = Field(
        default=LEADING,
        description="Members' roles that lead a group; statistics count leaders by them.",
    )
    decision: DecisionRules = Field(description="The instants of decisions.")
    beneficiaries: tuple[Beneficiary, ...] = Field(description="Who receives shares of fees.")
    fees: tuple[Fee, ...] = Field(description="Tariffs.")
    notices: dict[Id, Notice] = Field(description="What people are told.")
    licence_types: tuple[LicenceType, ...] = Field(
        min_length=1, description="Classes of rights: one file each in licence-types/."
    )
