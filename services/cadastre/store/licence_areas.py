"""Licence areas in the database: where ground is taken, and where it is given back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from shapely.geometry import MultiPolygon, Polygon
from sqlalchemy import (
    ARRAY,
    Select,
    Table,
    Text,
    any_,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from services.cadastre.domain.licence_area import AreaNotGranted, LicenceArea
from services.cadastre.store.shape import in_plane
from services.cadastre.store.tables import (
    cell,
    ground,
    inherited_ground,
    licence_area,
    licence_area_version,
)

Period = Range[datetime]
RELATED = "T********"


@dataclass(frozen=True, slots=True)
class Holding:
    """The ground a licence is to hold: its shape, its core on every layer, its cells."""

    plane: int
    geometry_hash: str
    hectares: Decimal
    geom: MultiPolygon
    core: MultiPolygon
    lonlat: MultiPolygon
    web: MultiPolygon
    pieces: Sequence[Polygon]
    layers: Sequence[str]
    cells: Sequence[int] | None
    grid: str | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds ground: what a refusal may tell of it is the rulebook's."""

    code: str
    since: datetime
    inherited: bool
    hectares: float


class LicenceAreas:
    """Ground enters only by insert … on conflict do nothing: fewer rows than asked means taken."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def of_issuance(self, issuance: UUID) -> LicenceArea:
        """Locks the row until commit. Raises AreaNotGranted."""
        wanted = select(LicenceArea).where(licence_area.c.issuance == issuance).with_for_update()
        found = self.session.scalars(wanted).one_or_none()
        if found is None:
            raise AreaNotGranted("No ground was granted for this issuance")
        return found

    def known(self, issuance: UUID) -> LicenceArea | None:
        wanted = select(LicenceArea).where(licence_area.c.issuance == issuance)
        return self.session.scalars(wanted).one_or_none()

    def add(self, area: LicenceArea, held: Holding, valid: Period, now: datetime) -> None:
        """The area and its first version, without ground."""
        self.session.add(area)
        self.session.flush()
        self.session.execute(
            insert(licence_area_version).values(
                licence_area_id=area.id,
                version=1,
                valid=valid,
                recorded=Range(now, None),
                geometry_hash=held.geometry_hash,
                hectares=held.hectares,
                area_m2=Decimal(repr(held.geom.area)),
                cells=None if held.cells is None else list(held.cells),
                plane=held.plane,
                geom=held.geom,
                core=held.core,
                lonlat=held.lonlat,
                web=held.web,
            )
        )

    def hold(self, area: LicenceArea, held: Holding, valid: Period) -> bool:
        """Take the ground, then the cells; False when any of it is somebody else's."""
        pieces = [
            {"licence_area_id": area.id, "layer": layer, "valid": valid, "plane": held.plane,
             "core": piece}
            for piece in held.pieces
            for layer in held.layers
        ]
        if not self._enter(ground, pieces):
            return False
        cells = [
            {"licence_area_id": area.id, "layer": layer, "grid": held.grid, "cell": one,
             "valid": valid}
            for one in sorted(held.cells or ())
            for layer in held.layers
        ]
        return self._enter(cell, cells)

    def _enter(self, table: Table, rows: Sequence[Mapping[str, object]]) -> bool:
        if not rows:
            return True
        entered = upsert(table).values(list(rows)).on_conflict_do_nothing().returning(table.c.id)
        return len(self.session.scalars(entered).all()) == len(rows)

    def holders(self, held: Holding, valid: Period) -> list[Holder]:
        """Whose ground it is, in the layers asked for, oldest first, inherited rights too."""
        found = [
            Holder(row.licence_code, row.granted_at, row.inherited, row.square_metres)
            for table in (ground, inherited_ground)
            for row in self.session.execute(_meeting(table, held, valid))
        ]
        return sorted(found, key=lambda holder: (holder.since, holder.code))

    def blocked_by_inherited(self, held: Holding, valid: Period) -> bool:
        """Inherited ground stands outside the constraint and still blocks every newcomer."""
        return self.session.execute(_meeting(inherited_ground, held, valid)).first() is not None

    def give_back(self, area: LicenceArea, now: datetime) -> None:
        """Free the ground of an area that never took effect; its version is closed, not removed."""
        for table in (ground, cell):
            self.session.execute(delete(table).where(table.c.licence_area_id == area.id))
        live = licence_area_version.c
        self.session.execute(
            update(licence_area_version)
            .where(live.licence_area_id == area.id, func.upper_inf(live.recorded))
            .values(recorded=func.tstzrange(func.lower(live.recorded), now))
        )


def _meeting(
    table: Table, held: Holding, valid: Period
) -> Select[tuple[str, datetime, bool, float]]:
    core = in_plane(held.core, "MULTIPOLYGON")
    shared = func.sum(func.st_area(func.st_intersection(table.c.core, core)))
    return (
        select(
            licence_area.c.licence_code,
            licence_area.c.granted_at,
            licence_area.c.inherited,
            shared.label("square_metres"),
        )
        .join(licence_area, licence_area.c.id == table.c.licence_area_id)
        .where(
            table.c.layer == any_(literal(list(held.layers), ARRAY(Text))),
            table.c.valid.op("&&")(valid),
            table.c.core.op("&&")(core),
            func.st_relate(table.c.core, core, RELATED),
        )
        .group_by(licence_area.c.id)
    )
