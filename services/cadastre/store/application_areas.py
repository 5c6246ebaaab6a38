"""Application areas in the database: who asks for the same ground, and who came first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, func, insert, select
from sqlalchemy.orm import Session

from services.cadastre.domain.application_area import ApplicationArea, AreaNotEntered
from services.cadastre.domain.hectares import left_of, of_square_metres
from services.cadastre.store.shape import in_plane
from services.cadastre.store.tables import application_area, displacement

RELATED = "T********"  # their insides meet; neighbours that only touch do not


@dataclass(frozen=True, slots=True)
class Rival:
    """A live area on the same ground that the law keeps apart, with what the two share."""

    area: ApplicationArea
    hectares: Decimal


@dataclass(frozen=True, slots=True)
class Freed:
    """A live area that nobody displaces any more, with what the last senior took from it."""

    area: ApplicationArea
    hectares: Decimal


@dataclass(frozen=True, slots=True)
class Taken:
    """What one senior takes from one junior."""

    senior: UUID
    seq: int
    hectares: Decimal


class ApplicationAreas:
    """Rows are locked after the ground they lie on, and in the order of their ids."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, application: UUID) -> ApplicationArea | None:
        return self.session.get(ApplicationArea, application)

    def get(self, application: UUID) -> ApplicationArea:
        """Without a lock. Raises AreaNotEntered."""
        found = self.find(application)
        if found is None:
            raise AreaNotEntered("The register holds no area for this application")
        return found

    def take(self, application: UUID) -> ApplicationArea:
        """Locks the row until commit. Raises AreaNotEntered."""
        found = self.session.get(
            ApplicationArea, application, with_for_update=True, populate_existing=True
        )
        if found is None:
            raise AreaNotEntered("The register holds no area for this application")
        return found

    def add(self, area: ApplicationArea) -> None:
        self.session.add(area)
        self.session.flush()

    def rivals(
        self, area: ApplicationArea, apart: Callable[[ApplicationArea], bool]
    ) -> list[Rival]:
        """Other live areas on its ground that are kept `apart` from this one, locked, by id."""
        core = in_plane(area.core, "MULTIPOLYGON")
        wanted = (
            select(ApplicationArea, _shared(area))
            .where(
                application_area.c.ended_at.is_(None),
                application_area.c.application_id != area.application_id,
                application_area.c.core.op("&&")(core),
                func.st_relate(application_area.c.core, core, RELATED),
            )
            .order_by(application_area.c.application_id)
            .with_for_update(of=application_area)
            .execution_options(populate_existing=True)
        )
        found = self.session.execute(wanted).all()
        return [Rival(row[0], of_square_metres(row[1])) for row in found if apart(row[0])]

    def note(self, pairs: Iterable[tuple[UUID, UUID, Decimal]]) -> None:
        """Write (senior, junior, hectares)."""
        rows = [{"senior": s, "junior": j, "hectares": h} for s, j, h in pairs]
        if rows:
            self.session.execute(insert(displacement), rows)

    def forget_senior(self, senior: UUID) -> dict[UUID, Decimal]:
        """A released area displaces nobody any more; what it took, by junior."""
        gone = delete(displacement).where(displacement.c.senior == senior)
        columns = (displacement.c.junior, displacement.c.hectares)
        return {row[0]: row[1] for row in self.session.execute(gone.returning(*columns))}

    def displaced(self, juniors: Iterable[UUID]) -> set[UUID]:
        """Those of them that some senior displaces."""
        wanted = select(displacement.c.junior).where(displacement.c.junior.in_(list(juniors)))
        return set(self.session.scalars(wanted.distinct()))

    def seniors(self, junior: UUID, *, live: bool = False) -> list[Taken]:
        """Who takes ground from this application, by place in the sequence.

        `live`: only those whose own application is not decided yet.
        """
        wanted = (
            select(displacement.c.senior, application_area.c.filing_seq, displacement.c.hectares)
            .join(application_area, application_area.c.application_id == displacement.c.senior)
            .where(displacement.c.junior == junior)
            .order_by(application_area.c.filing_seq)
        )
        if live:
            wanted = wanted.where(application_area.c.ended_at.is_(None))
        return [Taken(*row) for row in self.session.execute(wanted)]

    def juniors(self, senior: UUID) -> Sequence[ApplicationArea]:
        """Live areas that this one displaces, locked, by id."""
        wanted = (
            select(ApplicationArea)
            .join(displacement, displacement.c.junior == application_area.c.application_id)
            .where(displacement.c.senior == senior, application_area.c.ended_at.is_(None))
            .order_by(application_area.c.application_id)
            .with_for_update(of=application_area)
            .execution_options(populate_existing=True)
        )
        return self.session.scalars(wanted).all()

    def net_hectares(self, area: ApplicationArea) -> Decimal:
        """What the seniors leave of an area, in the same measure as its hectares."""
        seniors = self.session.scalars(
            select(application_area.c.geom)
            .join(displacement, displacement.c.senior == application_area.c.application_id)
            .where(displacement.c.junior == area.application_id)
        ).all()
        return left_of(area.geom, seniors, area.hectares)


def _shared(area: ApplicationArea) -> ColumnElement[float]:
    """Square metres shared, always reckoned from the senior's side: the same in every order."""
    here = in_plane(area.geom, "MULTIPOLYGON")
    there = application_area.c.geom
    return case(
        (
            application_area.c.filing_seq < area.filing_seq,
            func.st_area(func.st_intersection(there, here)),
        ),
        else_=func.st_area(func.st_intersection(here, there)),
    )
