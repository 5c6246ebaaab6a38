"""What asked ground meets, as the database finds it, and what may be told of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import shapely
from shapely.geometry import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from contracts.cadastre.statement import Hit
from kernel.law.ground import Consequence, HitDetail, HitKind
from services.cadastre.domain.hectares import left_of, of_square_metres
from services.cadastre.domain.hectares import per_cent as share_of
from services.cadastre.domain.law import GroundLaw, Right

QUEUE = "queue"
TAKES = (Consequence.FORBIDDEN.value, QUEUE)  # what a newcomer cannot have
MOST_HITS = 200
UNTOLD = "0"


@dataclass(frozen=True, slots=True)
class MetLicence:
    code: str
    licence_type: str
    minerals: list[str]
    inherited: bool
    since: datetime
    shared: BaseGeometry

    @property
    def right(self) -> Right:
        return Right(self.licence_type, tuple(sorted(self.minerals)))


@dataclass(frozen=True, slots=True)
class MetApplication:
    seq: int
    lodged_at: datetime
    licence_type: str
    minerals: list[str]
    shared: BaseGeometry


@dataclass(frozen=True, slots=True)
class MetZone:
    """`effective`: from when on it was to be known, the later of its beginning and its approval."""

    id: str
    kind: str
    name: str
    since: datetime
    shared: BaseGeometry
    effective: datetime


@dataclass(frozen=True, slots=True)
class MetWorkings:
    """How many known workings lie under or near the ground, and how much of it they cover."""

    count: int
    square_metres: float


@dataclass(frozen=True, slots=True)
class Met:
    """All of it."""

    licences: Sequence[MetLicence]
    applications: Sequence[MetApplication]
    zones: Sequence[MetZone]
    workings: MetWorkings


@dataclass(frozen=True, slots=True)
class Conflict:
    """A hit with the ground it shares: the ground itself is told to nobody.

    `shown`: the public sees where the other lies, so that what is left of the asked ground betrays
    nothing. What is not shown still counts in hectares.
    """

    hit: Hit
    shared: BaseGeometry
    shown: bool = True

    @property
    def takes(self) -> bool:
        return self.hit.consequence in TAKES


def conflicts(law: GroundLaw, right: Right, met: Met, whole: MultiPolygon) -> list[Conflict]:
    """One by one, licences first, each told as far as the rulebook discloses it.

    Known workings are never measured: whoever asks often enough would find the people there.
    """
    found = [_licence(law, right, one, whole) for one in met.licences]
    found += [_application(law, right, one, whole) for one in met.applications]
    found += [_zone(law, right, one, whole) for one in met.zones]
    if met.workings.count:
        hit = Hit(
            kind=HitKind.KNOWN_WORKING.value,
            consequence=law.known_workings().value,
            hectares=UNTOLD,
            per_cent=UNTOLD,
        )
        found.append(Conflict(hit, Point()))
    return found


def largest(found: Iterable[Conflict]) -> tuple[list[Hit], int]:
    """The hits a statement has room for, in their order, and how many it leaves out."""
    listed = list(found)
    hits = [one.hit for one in listed]
    if len(hits) <= MOST_HITS:
        return hits, 0
    ranked = sorted(range(len(hits)), key=lambda n: -listed[n].shared.area)
    return [hits[n] for n in sorted(ranked[:MOST_HITS])], len(hits) - MOST_HITS


def net(whole: MultiPolygon, found: Iterable[Conflict], hectares: Decimal) -> Decimal:
    """What is left when all that cannot be had is taken away, in the measure of `hectares`."""
    return left_of(whole, [one.shared for one in found if one.takes], hectares)


def remainder(whole: MultiPolygon, found: Iterable[Conflict]) -> BaseGeometry | None:
    """The largest piece that could be had; None when nothing is taken, or nothing is left.

    Only what the public sees is cut off: a piece that lies under others' hidden areas may be less.
    """
    taken = [one.shared for one in found if one.takes and one.shown]
    if not taken:
        return None
    rest = shapely.difference(whole, shapely.union_all(taken))
    pieces = [p for p in shapely.get_parts(rest) if p.geom_type == "Polygon" and p.area > 1]
    return max(pieces, key=lambda piece: piece.area, default=None)


def _measured(
    law: GroundLaw, kind: HitKind, square_metres: float, whole: float
) -> tuple[str, str]:
    """Hectares and per cent, where the rulebook tells them."""
    if not law.tells(kind, HitDetail.HECTARES):
        return UNTOLD, UNTOLD
    hectares = of_square_metres(square_metres)
    return str(hectares), str(share_of(hectares, of_square_metres(whole)))


def _licence(law: GroundLaw, right: Right, met: MetLicence, whole: MultiPolygon) -> Conflict:
    kind = HitKind.INHERITED if met.inherited else HitKind.LICENCE
    hectares, per_cent = _measured(law, kind, met.shared.area, whole.area)
    other = Right(met.licence_type, tuple(met.minerals))
    hit = Hit(
        kind=kind.value,
        ref=met.code if law.tells(kind, HitDetail.REF) else None,
        since=met.since if law.tells(kind, HitDetail.SINCE) else None,
        consequence=law.when_meeting(right, other).value,
        hectares=hectares,
        per_cent=per_cent,
    )
    return Conflict(hit, met.shared)


def _application(
    law: GroundLaw, right: Right, met: MetApplication, whole: MultiPolygon
) -> Conflict:
    kind = HitKind.APPLICATION
    hectares, per_cent = _measured(law, kind, met.shared.area, whole.area)
    consequence = law.when_meeting(right, Right(met.licence_type, tuple(met.minerals)))
    words = consequence.value
    if consequence is Consequence.FORBIDDEN:
        waits = law.seniors_block(right.licence_type)
        words = QUEUE if waits else Consequence.NONE.value
    hit = Hit(
        kind=kind.value,
        seq=met.seq if law.tells(kind, HitDetail.SEQ) else None,
        since=met.lodged_at if law.tells(kind, HitDetail.SINCE) else None,
        consequence=words,
        hectares=hectares,
        per_cent=per_cent,
    )
    return Conflict(hit, met.shared, shown=law.shows_shape(met.licence_type))


def _zone(law: GroundLaw, right: Right, met: MetZone, whole: MultiPolygon) -> Conflict:
    kind = HitKind.ZONE
    hectares, per_cent = _measured(law, kind, met.shared.area, whole.area)
    hit = Hit(
        kind=kind.value,
        ref=met.id if law.tells(kind, HitDetail.REF) else None,
        since=met.since if law.tells(kind, HitDetail.SINCE) else None,
        name=met.name if law.tells(kind, HitDetail.NAME) else None,
        consequence=law.in_zone(met.kind, right.licence_type).value,
        hectares=hectares,
        per_cent=per_cent,
    )
    return Conflict(hit, met.shared)
