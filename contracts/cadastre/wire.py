"""What goes over the cadastre's HTTP border, used by server and client alike."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StringConstraints,
    model_validator,
)

from contracts.cadastre.language import ApplicationAreaStatus, ZoneStatus
from contracts.cadastre.statement import Hit, SignedStatement
from contracts.instants import Instant

Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Coordinate = Annotated[str, StringConstraints(max_length=60)] | StrictInt | StrictFloat
Epsg = Annotated[str, StringConstraints(pattern=r"^[Ee][Pp][Ss][Gg]:\d{4,6}$")]
Decimals = Annotated[str, StringConstraints(pattern=r"^\d{1,9}(\.\d{1,4})?$")]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(BaseModel):
    """Answers may gain members; whoever reads them passes over those it does not know."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Corners(Wire):
    """Corners as they stand on paper, each (x, y): longitude and latitude or easting and northing.

    `rings`: the border, then holes. Degrees may be decimal or `34°30'00"E`; a letter N, S, E or W
    decides the axis. Metres of a grid are numbers. `crs` names the system by its EPSG number.
    """

    crs: Epsg = "EPSG:4326"
    rings: list[list[tuple[Coordinate, Coordinate]]] = Field(min_length=1, max_length=50)


class GroundAsked(Wire):
    """What ground, for which right. Exactly one of corners, geojson, gpx, cells and zone."""

    licence_type: Name
    minerals: list[Name] = Field(default_factory=list, max_length=20)
    corners: Corners | None = None
    geojson: dict[str, Any] | None = None
    gpx: str | None = None  # the file's text; each track is a part
    cells: list[tuple[int, int]] | None = None  # (column, row) of the licence type's grid
    zone: Name | None = None  # for a right inside a zone
    declared_hectares: Decimals | None = None


class ConversionTold(Answer):
    """By which operation coordinates came into the legal plane, and how true it is, in metres."""

    source: str
    target: str
    operation: str
    accuracy_m: str | None


class WalkTold(Answer):
    """How a track became corners."""

    points: int
    corners: int
    smoothed_m: str
    closing_gap_m: str


class Share(Answer):
    """An office in whose jurisdiction part of the ground lies."""

    office: str
    agency: str
    per_cent: str


class GroundReport(Answer):
    """The statement in words for people: nothing in it that the statement does not bear out."""

    corners: int
    parts: int
    hectares: dict[str, str]
    legal_method: str | None
    units: int | None
    net_hectares: str | None
    remainder: dict[str, Any] | None  # GeoJSON: the largest piece left by what is public
    shares: list[Share]
    hits: list[Hit]
    hits_left_out: int
    known_workings: int
    conversion: ConversionTold | None
    walks: list[WalkTold]
    display: dict[str, Any] | None  # GeoJSON MultiPolygon, degrees WGS84, numbers


class GroundChecked(Answer):
    """The answer to `POST /v1/ground/checks`: lodge with `statement`, read `report`."""

    statement: SignedStatement
    report: GroundReport


class SeniorTold(Answer):
    """An earlier application on the same ground: its place and what it takes, not whose it is."""

    seq: int
    hectares: str


class ApplicationAreaTold(Answer):
    """An application area as far as it is disclosed; `geometry` where the rulebook or the asker's
    office allows it."""

    application_id: UUID
    filing_seq: int
    lodged_at: datetime
    status: ApplicationAreaStatus
    conditional: bool
    office: str
    hectares: str
    net_hectares: str
    seniors: list[SeniorTold]
    licence_type: str | None = None
    minerals: list[str] | None = None
    geometry: dict[str, Any] | None = None


class Feature(Answer):
    """GeoJSON (RFC 7946)."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: dict[str, Any]
    properties: dict[str, Any]


class Features(Answer):
    """A page of features; `next` goes on after the last one."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Feature]
    next: str | None = None
    register_version: int | None = None


class ZoneProposed(Wire):
    """A zone for a second person to approve."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,47}$")]
    kind: Name
    name: Text
    instrument: Text
    office: Name  # where proposer and approver hold their powers
    since: Instant
    until: Instant | None = None
    geojson: dict[str, Any]


class ZoneTold(Answer):
    id: str
    kind: str
    name: str
    instrument: str
    status: ZoneStatus
    since: datetime
    until: datetime | None
    office: str | None


class ConsentTold(Wire):
    """What those who answer for a zone, or the holder of a licence, said to an application.

    Exactly one of `zone` (it came after the application) and `licence` (its ground is asked for
    beside its holder, and the law wants the holder's consent).
    """

    zone: Name | None = None
    licence: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    office: Name  # where the officer who records it holds the power
    given: bool
    reference: Text  # where the consent is written: the minutes, the letter, their date

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        if (self.zone is None) is (self.licence is None):
            raise ValueError("name either a zone or a licence")
        return self


class ConsentKept(Answer):
    zone: str | None = None
    licence: str | None = None
    given: bool
    office: str
    reference: str
    at: datetime
