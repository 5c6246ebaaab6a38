"""The zone: an area with legal effect, once a second person has signed it."""

from dataclasses import dataclass
from datetime import datetime

from shapely.geometry import MultiPolygon

from contracts.cadastre.language import ZoneStatus
from kernel.authority import SecondPersonNeeded
from kernel.problems import Problem


class ZoneApproved(Problem):
    title = "The zone was approved already"


class ZoneIdTaken(Problem):
    title = "There is a zone of this id already"


@dataclass(eq=False, kw_only=True)
class Zone:
    """`by_law`: it stands in the law itself and needs no second signature."""

    id: str
    kind: str
    name: str
    instrument: str
    since: datetime
    status: ZoneStatus
    by_law: bool
    office: str | None
    proposed_by: str
    proposed_at: datetime
    plane: int
    geom: MultiPolygon
    lonlat: MultiPolygon
    until: datetime | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it has effect at an instant."""
        begun = self.status is ZoneStatus.APPROVED and self.since <= now
        return begun and (self.until is None or now < self.until)

    def approve(self, by: str, now: datetime) -> None:
        """Raises ZoneApproved and SecondPersonNeeded."""
        if self.status is ZoneStatus.APPROVED:
            raise ZoneApproved("This zone has effect already", zone=self.id)
        if by == self.proposed_by:
            raise SecondPersonNeeded(
                "You proposed this zone; somebody else must approve it", zone=self.id
            )
        self.status, self.approved_by, self.approved_at = ZoneStatus.APPROVED, by, now
