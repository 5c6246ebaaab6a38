"""What an edition of the rulebook says about ground, asked the way the cadastre asks it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from shapely.geometry import MultiPolygon

from kernel.law.editions import Edition, NoSuchLaw
from kernel.law.ground import Consequence, HitDetail, HitKind, TypeGround
from kernel.law.overlap import exclusion_layers, may_ask_holders, overlap_rule, zone_rule
from kernel.law.places import LeadOffice
from kernel.law.plan import Disclosure, GroundRule, StepKind
from kernel.law.procedure import LicenceType, Priority
from kernel.problems import Malformed
from services.cadastre.domain.area import MM
from services.cadastre.domain.grid import Grid, Unit
from services.cadastre.domain.planes import Plane

WORST_FIRST = (
    Consequence.FORBIDDEN,
    Consequence.CONSENT,
    Consequence.VISIT_AND_NOTICE,
    Consequence.RESPECTS_PRIOR_RIGHTS,
    Consequence.NONE,
)


class UnknownLicenceType(Malformed):
    title = "The law knows no such licence type"


class MineralNotAllowed(Malformed):
    title = "This licence type does not give a right to this mineral"


@dataclass(frozen=True, slots=True)
class Right:
    """A licence type with its minerals: what the matrix of overlaps is asked about."""

    licence_type: str
    minerals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A licence type whose pending applications an edition of the law shows to the public.

    `wholly`: with licence type and minerals; otherwise place, time, hectares and shape alone.
    """

    edition: str  # its hash
    licence_type: str
    wholly: bool


@dataclass(frozen=True)
class GroundLaw:
    """One edition, read for ground."""

    edition: Edition

    @cached_property
    def _layers(self) -> dict[tuple[str, str], list[str]]:
        return exclusion_layers(self.edition)

    @property
    def plane(self) -> Plane:
        told = self.edition.rules.country.plane
        return Plane(told.crs, told.datum)

    def licence_type(self, name: str) -> LicenceType:
        """Raises UnknownLicenceType."""
        for known in self.edition.rules.licence_types:
            if known.id == name:
                return known
        raise UnknownLicenceType("There is no such licence type in this edition of the law")

    def ground(self, name: str) -> TypeGround:
        return self.licence_type(name).ground

    def right(self, licence_type: str, minerals: Iterable[str]) -> Right:
        """Raises MineralNotAllowed for a mineral the type does not name, and for none at all."""
        wanted = tuple(sorted(set(minerals)))
        known = self.licence_type(licence_type)
        if strange := [m for m in wanted if m not in known.minerals]:
            raise MineralNotAllowed(
                "This licence type does not give a right to one of these minerals",
                allowed=sorted(known.minerals),
                refused=len(strange),
            )
        takes_ground = known.ground.rule is not GroundRule.NONE
        if takes_ground and not wanted:
            raise MineralNotAllowed("Name at least one mineral", allowed=sorted(known.minerals))
        return Right(licence_type, wanted)

    def grid(self, licence_type: str) -> Grid | None:
        """The grid of a licence type, in millimetres or thousandths of an arc-second."""
        told = self.ground(licence_type).grid
        if told is None:
            return None
        side = told.cell_metres or told.cell_arc_seconds or 1
        unit = Unit.METRES if told.cell_metres else Unit.ARC_SECONDS
        return Grid(
            plane=self.plane,
            unit=unit,
            size=side * MM,
            origin_x=told.origin_x * MM,
            origin_y=told.origin_y * MM,
            hectares_each=Decimal(told.hectares_per_unit),
        )

    def sliver_mm(self, licence_type: str) -> int:
        return self.ground(licence_type).sliver_mm

    def when_meeting(self, asked: Right, other: Right) -> Consequence:
        """The gravest answer of the matrix over all pairs of minerals."""
        found = {
            overlap_rule(
                self.edition, asked.licence_type, mine, other.licence_type, theirs
            ).consequence
            for mine in asked.minerals
            for theirs in other.minerals
        }
        return next((c for c in WORST_FIRST if c in found), Consequence.NONE)

    def may_ask_holders(self, right: Right) -> bool:
        """Whether a licence on the ground could ask for its holder's consent to this right."""
        return may_ask_holders(self.edition, right.licence_type, right.minerals)

    def knows(self, right: Right) -> bool:
        """Whether this edition gives such a right to an area, for each of its minerals."""
        pairs = [(right.licence_type, mineral) for mineral in right.minerals]
        return bool(pairs) and all(pair in self._layers for pair in pairs)

    def layers(self, right: Right) -> tuple[str, ...]:
        """The exclusion layers on which the database keeps this right's ground apart."""
        found = {
            layer
            for mineral in right.minerals
            for layer in self._layers.get((right.licence_type, mineral), ())
        }
        return tuple(sorted(found))

    def in_zone(self, kind: str, licence_type: str) -> Consequence:
        """What a kind of zone means for a licence type; an unknown kind forbids."""
        try:
            return zone_rule(self.edition, licence_type, kind)
        except NoSuchLaw:
            return Consequence.FORBIDDEN

    def consent_of(self, kind: str) -> str | None:
        """The agency that consents for a kind of zone; None where the law names none."""
        return next((z.consent_of for z in self.edition.rules.zone_kinds if z.id == kind), None)

    def known_workings(self) -> Consequence:
        return self.edition.rules.known_workings.consequence

    def known_workings_within(self) -> int:
        """Metres round the asked ground in which a known working counts."""
        return self.edition.rules.known_workings.within_metres

    def marked_point(
        self, shape: MultiPolygon, first: tuple[float, float]
    ) -> tuple[float, float]:
        """The point in metres whose office leads, where the law goes by a point."""
        if self.edition.rules.lead_office is LeadOffice.FIRST_CORNER:
            return first
        return shape.centroid.x, shape.centroid.y

    def seniors_block(self, licence_type: str) -> bool:
        """Whether a pending earlier application on the same ground stops a grant."""
        return self.licence_type(licence_type).priority is not Priority.IGNORE

    def tells(self, kind: HitKind, detail: HitDetail) -> bool:
        """Whether a rival may be told this of a hit; kinds left out tell hectares only."""
        told = self.edition.rules.disclosure.hits.get(kind, (HitDetail.HECTARES,))
        return detail in told

    def shows_shape(self, licence_type: str) -> bool:
        """Whether the public sees the shape of a pending application; never of an unknown type."""
        known = [kind for kind in self.edition.rules.licence_types if kind.id == licence_type]
        return any(kind.disclosure is not Disclosure.SEQUENCE_ONLY for kind in known)

    def opened(self) -> list[Opened]:
        """The licence types whose pending applications stand on the public's map."""
        return [
            Opened(self.edition.ref.hash, kind.id, kind.disclosure is Disclosure.ALL)
            for kind in self.edition.rules.licence_types
            if self.shows_shape(kind.id)
        ]

    def lead_agency(self, licence_type: str) -> str:
        """The agency whose office decides the application."""
        for procedure in self.licence_type(licence_type).procedures.values():
            for step in procedure.steps:
                if step.kind is StepKind.DECISION:
                    return step.agency
        return self.edition.rules.agencies[0].id
