"""The signed ground statement: what other services know of ground without asking the cadastre.

The cadastre answers `POST /v1/ground/checks` with it; the applicant lodges with it. The signature
is Ed25519 over `b"cornerpost/ground-statement/v1\\n" + canonical(body)`.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

PURPOSE: Final = "ground-statement"
VALID_HOURS: Final = 24  # judged by legal time


class Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Geometry(Words):
    """Canonical geometry in the legal plane.

    Coordinates are whole millimetres of the plane's metre (`mm`) or, on a graticule, whole cells
    (`cells`: integer (column, row) pairs, sorted). Rings: exterior anticlockwise, holes clockwise,
    each begins at its smallest point; parts are ordered by (xmin, ymin). Rings are open: the first
    point is not repeated at the end. At most 64 KB canonical.
    """

    crs: str  # e.g. "EPSG:32736"
    mm: list[list[list[list[int]]]] | None = None  # parts > rings > [x, y]
    cells: list[list[int]] | None = None


class Hit(Words):
    """One conflict or zone as far as the rulebook discloses it to a rival.

    `kind`: licence, application, zone, known-working, inherited. `consequence`: none, forbidden,
    consent, visit-and-notice, respects-prior-rights, queue (an earlier application that would
    have to fall first). Hectares are decimal strings, four places; "0"
    where they are not told, as of known workings always.
    """

    kind: str
    ref: str | None = None  # public code or zone id where disclosed
    seq: int | None = None  # filing_seq of a senior application: its place
    since: datetime | None = None
    hectares: str
    per_cent: str
    consequence: str
    name: str | None = None  # a zone's name; never a holder's


class GroundStatement(Words):
    """What is true of the asked ground at `checked_at`, a legal instant."""

    v: int = 1
    id: UUID
    country: str
    licence_type: str
    minerals: list[str]
    geometry: Geometry | None  # None for a licence type inside a zone without ground of its own
    geometry_hash: str | None  # hex SHA-256 of canonical(geometry)
    bbox_mm: list[int] | None = None  # xmin, ymin, xmax, ymax in the plane, millimetres
    display: dict[str, Any] | None = None  # GeoJSON lon/lat, coordinates as decimal strings
    hectares: dict[str, str]  # method -> decimal string; "legal" is the one fees and limits use
    units: int | None = None  # cells of a grid licence
    net_hectares: str | None = None
    office: str  # the lead mining office by jurisdiction
    offices: dict[str, str] = Field(default_factory=dict)  # agency -> office id by jurisdiction
    other_offices: list[str] = Field(default_factory=list)  # straddled, for opinion
    zone: str | None = None  # the zone a non-exclusive right is tied to
    edition: str
    register_version: int
    hits: list[Hit]
    hits_left_out: int = 0  # beyond the 200 largest
    known_workings: int  # how many are under the area
    checked_at: datetime
    valid_until: datetime
    training: bool = False


class SignedStatement(BaseModel):
    model_config = ConfigDict(frozen=True)

    body: dict[str, Any]
    key: str
    signature: str
