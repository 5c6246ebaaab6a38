"""The application area: ground that somebody asks for, and its place among others."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from shapely.geometry import MultiPolygon

from contracts.cadastre.language import ApplicationAreaStatus
from kernel.events import EditionRef
from kernel.problems import Problem
from services.cadastre.domain.law import Right


class AreaNotEntered(Problem):
    """The register holds no live application area for this application."""

    title = "This application has no live area"


class NotTheGround(Problem):
    """The ground of the application and that of its area are two; neither is granted."""

    title = "The ground in the register is not the ground that was applied for"


@dataclass(eq=False, kw_only=True)
class ApplicationArea:
    """Live from entry until granted or released; areas may overlap, `filing_seq` orders them."""

    application_id: UUID
    filing_seq: int
    lodged_at: datetime
    licence_type: str
    minerals: list[str]
    layers: list[str]
    status: ApplicationAreaStatus
    conditional: bool
    office: str
    edition: dict[str, str]
    statement: UUID
    geometry_hash: str
    hectares: Decimal
    cells: list[int] | None
    entered_at: datetime
    plane: int
    geom: MultiPolygon
    core: MultiPolygon
    lonlat: MultiPolygon
    ended_at: datetime | None = None
    reason: str | None = None
    checked_at: datetime | None = None

    @property
    def live(self) -> bool:
        return self.ended_at is None

    @property
    def asked_at(self) -> datetime:
        """When its ground was checked: what was there then, the procedure asks about."""
        return self.checked_at or self.lodged_at

    @property
    def right(self) -> Right:
        return Right(self.licence_type, tuple(sorted(self.minerals)))

    @property
    def edition_ref(self) -> EditionRef:
        return EditionRef(**self.edition)

    def must_be_live(self) -> None:
        """Raises AreaNotEntered once the area was granted or released."""
        if not self.live:
            raise AreaNotEntered(
                f"The area of this application is {self.status.value}", status=self.status.value
            )

    def must_be_the_ground(self, applied_for: str | None) -> None:
        """Raises NotTheGround where the application stands on other ground. None: not told."""
        if applied_for is not None and applied_for != self.geometry_hash:
            raise NotTheGround("The application names other ground", in_register=self.geometry_hash)

    def stand(self, displaced: bool) -> None:
        """Take the state that follows from the seniors alone, whatever arrived first."""
        if self.live:
            words = ApplicationAreaStatus
            self.status = words.DISPLACED if displaced else words.STANDING

    def end(self, status: ApplicationAreaStatus, at: datetime, reason: str) -> None:
        self.status, self.ended_at, self.reason = status, at, reason
