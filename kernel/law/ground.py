"""The law of ground: minerals, what ground a licence type takes, and what may lie over what."""

from enum import StrEnum

from pydantic import Field, model_validator

from kernel.law.plan import GroundRule
from kernel.law.words import (
    AgencyId,
    ArticleId,
    Id,
    LicenceTypeId,
    MineralGroupId,
    MineralId,
    Number,
    Rule,
    TextKey,
    ZoneKindId,
)


class MineralGroup(Rule):
    """Minerals that the law treats alike."""

    id: Id = Field(description="The group's id.")
    title: TextKey = Field(description="Text: the group's name.")


class Mineral(Rule):
    """A coded mineral."""

    id: Id = Field(description="The code that applications and licences name.")
    title: TextKey = Field(description="Text: the mineral's name.")
    group: MineralGroupId = Field(description="The group it belongs to.")


class Shape(StrEnum):
    """How an exclusive area is drawn."""

    FREE_POLYGON = "free-polygon"
    GRID = "grid"


class Contiguity(StrEnum):
    """What makes two cells neighbours."""

    SIDE = "side"
    CORNER = "corner"


class AreaMethod(StrEnum):
    """Which area fees and limits use."""

    PLANAR = "planar"  # in the legal plane
    GEODESIC = "geodesic"  # on the ellipsoid
    UNITS = "units"  # cells times a constant
    DECLARED = "declared"  # as the applicant declares it


class Grid(Rule):
    """A grid of square cells in the legal plane, or of the graticule."""

    origin_x: int = Field(description="West edge of column 0: metres, or arc-seconds of longitude.")
    origin_y: int = Field(description="South edge of row 0: metres, or arc-seconds of latitude.")
    cell_metres: int | None = Field(default=None, gt=0, description="Side of a cell in metres.")
    cell_arc_seconds: int | None = Field(
        default=None, gt=0, description="Side of a cell in arc-seconds, on a graticule."
    )
    contiguity: Contiguity = Field(description="What makes two cells neighbours.")
    hectares_per_unit: Number = Field(description="The constant by which units become hectares.")

    @model_validator(mode="after")
    def _one_size(self) -> "Grid":
        if (self.cell_metres is None) == (self.cell_arc_seconds is None):
            raise ValueError("a grid gives cell_metres or cell_arc_seconds, one of them")
        return self


class OfficeFrom(StrEnum):
    """From what the office that handles a file follows."""

    GROUND = "ground"
    ZONE = "zone"
    RESIDENCE = "residence"
    BUSINESS = "business"


class TypeGround(Rule):
    """The ground of one licence type."""

    rule: GroundRule = Field(description="What kind of ground it takes, if any.")
    office_from: OfficeFrom = Field(description="From what the lead office follows.")
    shape: Shape | None = Field(default=None, description="Of an exclusive area.")
    grid: Grid | None = Field(default=None, description="Of the shape grid.")
    min_hectares: Number | None = Field(default=None, description="Least area.")
    max_hectares: Number | None = Field(default=None, description="Greatest area.")
    min_units: int | None = Field(default=None, ge=1, description="Fewest cells.")
    max_units: int | None = Field(default=None, ge=1, description="Most cells.")
    max_parts: int = Field(default=1, ge=1, description="Most separate parts of one area.")
    sliver_mm: int = Field(
        default=0, ge=0, description="Overlaps thinner than this, in millimetres, are no conflict."
    )
    area_method: AreaMethod | None = Field(
        default=None, description="The area that fees and limits use."
    )
    zone_kinds: tuple[ZoneKindId, ...] = Field(
        default=(), description="Zones in which a right without ground of its own may be held."
    )
    article: ArticleId = Field(description="Source of the law.")

    @model_validator(mode="after")
    def _fits_its_rule(self) -> "TypeGround":
        if (self.rule is GroundRule.EXCLUSIVE_AREA) != (self.shape is not None):
            raise ValueError("an exclusive area has a shape, and nothing else has one")
        if (self.shape is Shape.GRID) != (self.grid is not None):
            raise ValueError("the shape grid needs a grid, and nothing else has one")
        if (self.rule is GroundRule.INSIDE_ZONE) != bool(self.zone_kinds):
            raise ValueError("a right inside a zone names zone_kinds, and nothing else does")
        if self.shape is not None and self.area_method is None:
            raise ValueError("an exclusive area names its area_method")
        return self


class Consequence(StrEnum):
    """What follows when asked ground meets other ground, in the ground statement's words."""

    NONE = "none"  # allowed
    FORBIDDEN = "forbidden"
    CONSENT = "consent"
    VISIT_AND_NOTICE = "visit-and-notice"
    RESPECTS_PRIOR_RIGHTS = "respects-prior-rights"


class Selection(Rule):
    """Pairs of licence type and mineral; a list left out means every one."""

    types: tuple[LicenceTypeId, ...] | None = Field(default=None, description="Licence types.")
    minerals: tuple[MineralId, ...] | None = Field(default=None, description="Minerals.")
    groups: tuple[MineralGroupId, ...] | None = Field(default=None, description="Mineral groups.")


class OverlapRule(Rule):
    """What follows when ground asked for meets ground held; the first rule that fits decides."""

    asked: Selection = Field(description="The ground asked for.")
    other: Selection = Field(description="The ground that is there.")
    consequence: Consequence = Field(description="What follows.")
    layer: Id | None = Field(
        default=None,
        description="For forbidden: the exclusion layer in which the database keeps the two "
        "apart. Pairs share a layer exactly when overlap is forbidden (checked).",
    )
    consent_of: AgencyId | None = Field(
        default=None, description="For consent: the agency that gives it; left out: the holder."
    )
    article: ArticleId = Field(description="Source of the law.")

    @model_validator(mode="after")
    def _forbidden_has_a_layer(self) -> "OverlapRule":
        if (self.consequence is Consequence.FORBIDDEN) != (self.layer is not None):
            raise ValueError("a forbidden overlap names its layer, and nothing else does")
        return self


class ZoneKind(Rule):
    """A kind of zone and what it means for ground asked for inside it."""

    id: Id = Field(description="The zone kind's id.")
    title: TextKey = Field(description="Text: its name.")
    consequence: Consequence = Field(description="What follows for every licence type, unless:")
    by_type: dict[LicenceTypeId, Consequence] = Field(
        default_factory=dict, description="What follows for one licence type."
    )
    consent_of: AgencyId | None = Field(
        default=None, description="For consent: the agency that gives it."
    )
    article: ArticleId = Field(description="Source of the law.")


class KnownWorkings(Rule):
    """What a known working under the asked ground forces."""

    consequence: Consequence = Field(description="What follows.")
    within_metres: int = Field(default=0, ge=0, description="Also for workings this near.")
    article: ArticleId = Field(description="Source of the law.")


class HitKind(StrEnum):
    """What asked ground can meet."""

    LICENCE = "licence"
    APPLICATION = "application"
    ZONE = "zone"
    KNOWN_WORKING = "known-working"
    INHERITED = "inherited"


class HitDetail(StrEnum):
    """What a rival may be told of it."""

    REF = "ref"
    SEQ = "seq"
    SINCE = "since"
    NAME = "name"
    HECTARES = "hectares"
