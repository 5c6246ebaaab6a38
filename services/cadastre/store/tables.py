"""The cadastre's tables: asked ground, held ground, and what lies under both."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE

from chassis.database import StrEnumType, new_metadata
from chassis.tables import INSTANT, chassis_tables
from contracts.cadastre.language import (
    ApplicationAreaStatus,
    LicenceAreaStatus,
    ZoneStatus,
)
from services.cadastre.store.shape import LONLAT, WEB, Shape

metadata = new_metadata()
chassis_tables(metadata)

HECTARES = Numeric(18, 4)


def _one_row(name: str, *columns: Column[object]) -> Table:
    key: Column[object] = Column("id", SmallInteger, primary_key=True, autoincrement=False)
    return Table(name, metadata, key, *columns, CheckConstraint("id = 1", "one_row"))


def _web() -> Column[object]:
    """What tiles are drawn from; the database reckons it from what is shown as GeoJSON."""
    reckoned = Computed("st_transform(lonlat, 3857)", persisted=True)
    return Column("web", Shape("MULTIPOLYGON", WEB), reckoned)


def _plane() -> Column[object]:
    """The SRID of the row's geometry: always that of the country's one legal plane."""
    return Column("plane", ForeignKey("plane.srid"), nullable=False)


plane = Table(
    "plane",
    metadata,
    Column("srid", Integer, primary_key=True, autoincrement=False),
    Column("single", Boolean, nullable=False, unique=True),
    CheckConstraint("single", "single"),
)
register_version = _one_row("register_version", Column("version", BigInteger, nullable=False))

application_area = Table(
    "application_area",
    metadata,
    Column("application_id", Uuid, primary_key=True),
    Column("filing_seq", BigInteger, nullable=False, unique=True),
    Column("lodged_at", INSTANT, nullable=False),
    Column("licence_type", Text, nullable=False),
    Column("minerals", ARRAY(Text), nullable=False),
    Column("layers", ARRAY(Text), nullable=False),
    Column("status", StrEnumType(ApplicationAreaStatus), nullable=False),
    Column("conditional", Boolean, nullable=False),
    Column("office", Text, nullable=False),
    Column("edition", JSONB, nullable=False),
    Column("statement", Uuid, nullable=False, index=True),
    Column("checked_at", INSTANT),
    Column("geometry_hash", Text, nullable=False),
    Column("hectares", HECTARES, nullable=False),
    Column("cells", ARRAY(BigInteger)),
    Column("entered_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
    Column("reason", Text),
    _plane(),
    Column("geom", Shape("MULTIPOLYGON"), nullable=False),
    Column("core", Shape("MULTIPOLYGON"), nullable=False),
    Column("lonlat", Shape("MULTIPOLYGON", LONLAT), nullable=False),
    _web(),
    CheckConstraint("st_srid(geom) = plane and st_srid(core) = plane", "in_the_plane"),
    CheckConstraint("(status in ('standing', 'displaced')) = (ended_at is null)", "live"),
)
for _name, _shape in (("live", "core"), ("web", "web")):
    Index(
        f"ix_application_area_{_name}",
        application_area.c[_shape],
        postgresql_using="gist",
        postgresql_where=application_area.c.ended_at.is_(None),
    )
displacement = Table(
    "displacement",
    metadata,
    Column("senior", ForeignKey("application_area.application_id"), primary_key=True),
    Column("junior", ForeignKey("application_area.application_id"), primary_key=True, index=True),
    Column("hectares", HECTARES, nullable=False),
    CheckConstraint("senior <> junior", "two"),
)
licence_area = Table(
    "licence_area",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("application_id", Uuid, nullable=False, index=True),
    Column("issuance", Uuid, nullable=False, unique=True),
    Column("licence_code", Text, nullable=False),
    Column("licence_type", Text, nullable=False),
    Column("minerals", ARRAY(Text), nullable=False),
    Column("status", StrEnumType(LicenceAreaStatus), nullable=False),
    Column("inherited", Boolean, nullable=False),
    Column("office", Text, nullable=False),
    Column("edition", JSONB, nullable=False),
    Column("granted_at", INSTANT, nullable=False),
    Column("confirmed_at", INSTANT),
    Column("withdrawn_at", INSTANT),
)
Index(
    "uq_licence_area_code",
    licence_area.c.licence_code,
    unique=True,
    postgresql_where=text("status <> 'withdrawn'"),
)
licence_area_version = Table(
    "licence_area_version",
    metadata,
    Column("licence_area_id", ForeignKey("licence_area.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("valid", TSTZRANGE, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("geometry_hash", Text, nullable=False),
    Column("hectares", HECTARES, nullable=False),
    Column("area_m2", Numeric(18, 2), nullable=False),
    Column("cells", ARRAY(BigInteger)),
    _plane(),
    Column("geom", Shape("MULTIPOLYGON"), nullable=False),
    Column("core", Shape("MULTIPOLYGON"), nullable=False),
    Column("lonlat", Shape("MULTIPOLYGON", LONLAT), nullable=False),
    Column("web", Shape("MULTIPOLYGON", WEB), nullable=False),
    CheckConstraint("st_srid(geom) = plane and st_srid(core) = plane", "in_the_plane"),
    CheckConstraint("not isempty(valid)", "some_time"),
)
LIVE = text("upper_inf(recorded)")
for _name, _shape in (("live", "core"), ("lonlat", "lonlat"), ("web", "web")):
    Index(
        f"ix_licence_area_version_{_name}",
        licence_area_version.c[_shape],
        postgresql_using="gist",
        postgresql_where=LIVE,
    )
for _name, _end in (("begins", func.lower), ("ends", func.upper)):
    _at = _end(licence_area_version.c.valid)
    Index(f"ix_licence_area_version_{_name}", _at, postgresql_where=LIVE)
ground = Table(
    "ground",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("licence_area_id", ForeignKey("licence_area.id"), nullable=False, index=True),
    Column("layer", Text, nullable=False),
    Column("valid", TSTZRANGE, nullable=False),
    _plane(),
    Column("core", Shape("POLYGON"), nullable=False),
    CheckConstraint("st_srid(core) = plane", "in_the_plane"),
    CheckConstraint("st_numinteriorrings(core) = 0", "without_holes"),
)  # with the constraint no_shared_ground, which migration 0001 writes in SQL
cell = Table(
    "cell",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("licence_area_id", ForeignKey("licence_area.id"), nullable=False, index=True),
    Column("layer", Text, nullable=False),
    Column("grid", Text, nullable=False),
    Column("cell", BigInteger, nullable=False),
    Column("valid", TSTZRANGE, nullable=False),
)  # with the constraint no_shared_cell
inherited_ground = Table(
    "inherited_ground",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("licence_area_id", ForeignKey("licence_area.id"), nullable=False, index=True),
    Column("layer", Text, nullable=False),
    Column("valid", TSTZRANGE, nullable=False),
    _plane(),
    Column("core", Shape("POLYGON"), nullable=False),
    CheckConstraint("st_srid(core) = plane", "in_the_plane"),
    comment="ground of inherited rights: outside the constraint, it blocks every newcomer",
)
Index("ix_inherited_ground_core", inherited_ground.c.core, postgresql_using="gist")
inherited_overlap = Table(
    "inherited_overlap",
    metadata,
    Column("first", ForeignKey("licence_area.id"), primary_key=True),
    Column("second", ForeignKey("licence_area.id"), primary_key=True),
    Column("dispute", Text),
    Column("recorded_at", INSTANT, nullable=False),
    CheckConstraint("first < second", "listed_once"),
    comment="pairs of legacy rights that stand in law although they overlap",
)
ground_check = Table(
    "ground_check",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("checked_at", INSTANT, nullable=False, index=True),
    Column("licence_type", Text, nullable=False),
    Column("geometry_hash", Text),
    Column("document", JSONB, nullable=False),
    Column("signed_in", Boolean, nullable=False, server_default=text("true")),
    comment="swept: ground statements as they were signed",
)
zone = Table(
    "zone",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("since", INSTANT, nullable=False),
    Column("until", INSTANT),
    Column("status", StrEnumType(ZoneStatus), nullable=False),
    Column("by_law", Boolean, nullable=False),
    Column("office", Text),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", INSTANT, nullable=False),
    Column("approved_by", Text),
    Column("approved_at", INSTANT),
    _plane(),
    Column("geom", Shape("MULTIPOLYGON"), nullable=False),
    Column("lonlat", Shape("MULTIPOLYGON", LONLAT), nullable=False),
    _web(),
    CheckConstraint("st_srid(geom) = plane", "in_the_plane"),
    CheckConstraint("until is null or until > since", "ends_after_it_began"),
    CheckConstraint("approved_by is null or approved_by <> proposed_by", "four_eyes"),
    CheckConstraint("(status = 'approved') = (by_law or approved_by is not null)", "approved"),
)
Index(
    "ix_zone_web", zone.c.web, postgresql_using="gist", postgresql_where=text("status = 'approved'")
)
zone_part = Table(
    "zone_part",
    metadata,
    Column("zone_id", ForeignKey("zone.id"), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("geom", Shape("POLYGON"), nullable=False),
)
Index("ix_zone_part_geom", zone_part.c.geom, postgresql_using="gist")
zone_consent = Table(
    "zone_consent",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "application_id", ForeignKey("application_area.application_id"), nullable=False, index=True
    ),
    Column("zone_id", ForeignKey("zone.id")),
    Column("licence_code", Text),
    Column("given", Boolean, nullable=False),
    Column("office", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("answered_by", Text, nullable=False),
    Column("answered_at", INSTANT, nullable=False),
    CheckConstraint("(zone_id is null) <> (licence_code is null)", "of_one"),
    comment="append-only: answers for zones that came after an application, and of holders of"
    " licences",
)
jurisdiction = Table(
    "jurisdiction",
    metadata,
    Column("office", Text, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date),
    Column("agency", Text, nullable=False),
    Column("edition", Text, nullable=False),
    _plane(),
    Column("geom", Shape("MULTIPOLYGON"), nullable=False),
    CheckConstraint("st_srid(geom) = plane", "in_the_plane"),
    CheckConstraint("until is null or until > since", "ends_after_it_began"),
)
Index("ix_jurisdiction_geom", jurisdiction.c.geom, postgresql_using="gist")
known_working = Table(
    "known_working",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("minerals", ARRAY(Text), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("people", Integer),
    Column("source", Text, nullable=False),
    _plane(),
    Column("geom", Shape("GEOMETRY"), nullable=False),
    CheckConstraint("st_srid(geom) = plane", "in_the_plane"),
)
Index("ix_known_working_geom", known_working.c.geom, postgresql_using="gist")
