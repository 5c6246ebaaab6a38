"""The cadastre, as the portal and the command line call it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.cadastre.language import MapLayer
from contracts.cadastre.statement import SignedStatement
from contracts.cadastre.wire import (
    ApplicationAreaTold,
    ConsentKept,
    ConsentTold,
    Feature,
    Features,
    GroundAsked,
    GroundChecked,
    ZoneProposed,
    ZoneTold,
)
from contracts.calling import Calling, Fetched, Params

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Cadastre:
    """Every method is one route; `key` makes a repeat harmless. Boxes: west, south, east, north."""

    calling: Calling

    def check_ground(self, asked: GroundAsked) -> GroundChecked:
        """Anybody may ask. Refusals name the corner, or the limit and its article."""
        return self.calling.post("/ground/checks", asked, GroundChecked)

    def statement(self, statement: UUID) -> SignedStatement:
        return self.calling.get(f"/ground/checks/{statement}", SignedStatement)

    def application_area(self, application: UUID) -> ApplicationAreaTold:
        return self.calling.get(f"/application-areas/{application}", ApplicationAreaTold)

    def application_areas(self, box: Box | None = None, after: str | None = None) -> Features:
        """For staff: live areas of their own offices."""
        return self.calling.get("/application-areas", Features, _asked(box, None, after))

    def disclosed_areas(self, box: Box | None = None, after: str | None = None) -> Features:
        """Live areas whose shape the law shows to everybody: the rows of the map's applications."""
        return self.calling.get("/application-areas/disclosed", Features, _asked(box, None, after))

    def record_consent(self, application: UUID, told: ConsentTold, key: str) -> ConsentKept:
        """For officers of the agency that consents for a zone newer than the application."""
        path = f"/application-areas/{application}/consents"
        return self.calling.post(path, told, ConsentKept, key=key)

    def licence_areas(
        self, box: Box | None = None, at: datetime | None = None, after: str | None = None
    ) -> Features:
        return self.calling.get("/licence-areas", Features, _asked(box, at, after))

    def licence_area(self, code: str) -> Feature:
        return self.calling.get(f"/licence-areas/{code}", Feature)

    def zones(
        self, box: Box | None = None, at: datetime | None = None, after: str | None = None
    ) -> Features:
        return self.calling.get("/zones", Features, _asked(box, at, after))

    def propose_zone(self, zone: ZoneProposed, key: str) -> ZoneTold:
        return self.calling.post("/zones", zone, ZoneTold, key=key)

    def approve_zone(self, zone: str, key: str) -> ZoneTold:
        return self.calling.post(f"/zones/{zone}/approval", None, ZoneTold, key=key)

    def jurisdictions(self, at: datetime | None = None) -> Features:
        return self.calling.get("/jurisdictions", Features, _asked(None, at, None))

    def known_workings(self, after: str | None = None) -> Features:
        """For staff only."""
        return self.calling.get("/known-workings", Features, _asked(None, None, after))

    def tile(self, layer: MapLayer, z: int, x: int, y: int, seen: str | None = None) -> Fetched:
        """A Mapbox Vector Tile, unpacked; no content when `seen` is its ETag still."""
        return self.calling.get_anew(f"/tiles/{layer}/{z}/{x}/{y}.mvt", seen)


def _asked(box: Box | None, at: datetime | None, after: str | None) -> Params:
    return {
        "bbox": None if box is None else ",".join(f"{side:.7f}" for side in box),
        "at": None if at is None else at.isoformat(),
        "after": after,
    }
