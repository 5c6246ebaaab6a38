"""Begin the cadastre: asked ground, held ground with its guarantee, and what lies under both."""

from alembic import op

from chassis.migrate import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op)
    for statements in (DECIDING, UNDERNEATH, ASKED, HELD, GUARDED, GUARANTEES, VIEWS):
        for statement in statements.split(";\n"):
            op.execute(statement)
    op.execute("insert into register_version (id, version) values (1, 0)")


DECIDING = """
create table plane (
  srid integer not null,
  single boolean not null,
  constraint pk_plane primary key (srid),
  constraint ck_plane_single check (single),
  constraint uq_plane_single unique (single)
);
create table register_version (
  id smallint not null,
  version bigint not null,
  constraint pk_register_version primary key (id),
  constraint ck_register_version_one_row check (id = 1)
);
create table jurisdiction (
  office text not null,
  since date not null,
  until date,
  agency text not null,
  edition text not null,
  plane integer not null,
  geom geometry(MultiPolygon) not null,
  constraint pk_jurisdiction primary key (office, since),
  constraint ck_jurisdiction_in_the_plane check (st_srid(geom) = plane),
  constraint ck_jurisdiction_ends_after_it_began check (until is null or until > since),
  constraint fk_jurisdiction_plane foreign key (plane) references plane (srid)
);
create index ix_jurisdiction_geom on jurisdiction using gist (geom)
"""

UNDERNEATH = """
create table zone (
  id text not null,
  kind text not null,
  name text not null,
  instrument text not null,
  since timestamptz not null,
  until timestamptz,
  status text not null,
  by_law boolean not null,
  office text,
  proposed_by text not null,
  proposed_at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  plane integer not null,
  geom geometry(MultiPolygon) not null,
  lonlat geometry(MultiPolygon,4326) not null,
  constraint pk_zone primary key (id),
  constraint ck_zone_in_the_plane check (st_srid(geom) = plane),
  constraint ck_zone_four_eyes check (approved_by is null or approved_by <> proposed_by),
  constraint ck_zone_approved check ((status = 'approved') = (by_law or approved_by is not null)),
  constraint ck_zone_ends_after_it_began check (until is null or until > since),
  constraint fk_zone_plane foreign key (plane) references plane (srid)
);
create table zone_part (
  zone_id text not null,
  part integer not null,
  geom geometry(Polygon) not null,
  constraint pk_zone_part primary key (zone_id, part),
  constraint fk_zone_part_zone_id foreign key (zone_id) references zone (id)
);
create index ix_zone_part_geom on zone_part using gist (geom);
create table known_working (
  id text not null,
  name text not null,
  minerals text[] not null,
  since date not null,
  until date,
  people integer,
  source text not null,
  plane integer not null,
  geom geometry not null,
  constraint pk_known_working primary key (id),
  constraint ck_known_working_in_the_plane check (st_srid(geom) = plane),
  constraint fk_known_working_plane foreign key (plane) references plane (srid)
);
create index ix_known_working_geom on known_working using gist (geom);
create table ground_check (
  id uuid not null,
  checked_at timestamptz not null,
  licence_type text not null,
  geometry_hash text,
  document jsonb not null,
  constraint pk_ground_check primary key (id)
);
create index ix_ground_check_checked_at on ground_check (checked_at);
comment on table ground_check is 'append-only: ground statements as they were signed'
"""

ASKED = """
create table application_area (
  application_id uuid not null,
  filing_seq bigint not null,
  lodged_at timestamptz not null,
  licence_type text not null,
  minerals text[] not null,
  layers text[] not null,
  status text not null,
  conditional boolean not null,
  office text not null,
  edition jsonb not null,
  statement uuid not null,
  geometry_hash text not null,
  hectares numeric(18, 4) not null,
  cells bigint[],
  entered_at timestamptz not null,
  ended_at timestamptz,
  reason text,
  plane integer not null,
  geom geometry(MultiPolygon) not null,
  core geometry(MultiPolygon) not null,
  lonlat geometry(MultiPolygon,4326) not null,
  constraint pk_application_area primary key (application_id),
  constraint ck_application_area_in_the_plane
    check (st_srid(geom) = plane and st_srid(core) = plane),
  constraint ck_application_area_live
    check ((status in ('standing', 'displaced')) = (ended_at is null)),
  constraint uq_application_area_filing_seq unique (filing_seq),
  constraint fk_application_area_plane foreign key (plane) references plane (srid)
);
create index ix_application_area_live on application_area using gist (core) where ended_at is null;
create table displacement (
  senior uuid not null,
  junior uuid not null,
  hectares numeric(18, 4) not null,
  constraint pk_displacement primary key (senior, junior),
  constraint ck_displacement_two check (senior <> junior),
  constraint fk_displacement_senior
    foreign key (senior) references application_area (application_id),
  constraint fk_displacement_junior
    foreign key (junior) references application_area (application_id)
);
create index ix_displacement_junior on displacement (junior)
"""

HELD = """
create table licence_area (
  id uuid not null,
  application_id uuid not null,
  issuance uuid not null,
  licence_code text not null,
  licence_type text not null,
  minerals text[] not null,
  status text not null,
  inherited boolean not null,
  office text not null,
  edition jsonb not null,
  granted_at timestamptz not null,
  confirmed_at timestamptz,
  withdrawn_at timestamptz,
  constraint pk_licence_area primary key (id),
  constraint uq_licence_area_issuance unique (issuance)
);
create index ix_licence_area_application_id on licence_area (application_id);
create unique index uq_licence_area_code on licence_area (licence_code) where status <> 'withdrawn';
create table licence_area_version (
  licence_area_id uuid not null,
  version integer not null,
  valid tstzrange not null,
  recorded tstzrange not null,
  geometry_hash text not null,
  hectares numeric(18, 4) not null,
  area_m2 numeric(18, 2) not null,
  cells bigint[],
  plane integer not null,
  geom geometry(MultiPolygon) not null,
  core geometry(MultiPolygon) not null,
  lonlat geometry(MultiPolygon,4326) not null,
  web geometry(MultiPolygon,3857) not null,
  constraint pk_licence_area_version primary key (licence_area_id, version),
  constraint ck_licence_area_version_in_the_plane
    check (st_srid(geom) = plane and st_srid(core) = plane),
  constraint ck_licence_area_version_some_time check (not isempty(valid)),
  constraint fk_licence_area_version_licence_area_id
    foreign key (licence_area_id) references licence_area (id),
  constraint fk_licence_area_version_plane foreign key (plane) references plane (srid)
);
create index ix_licence_area_version_live on licence_area_version using gist (core)
  where upper_inf(recorded);
create index ix_licence_area_version_lonlat on licence_area_version using gist (lonlat)
  where upper_inf(recorded)
"""

GUARDED = """
create table ground (
  id bigint generated always as identity,
  licence_area_id uuid not null,
  layer text not null,
  valid tstzrange not null,
  plane integer not null,
  core geometry(Polygon) not null,
  constraint pk_ground primary key (id),
  constraint ck_ground_in_the_plane check (st_srid(core) = plane),
  constraint ck_ground_without_holes check (st_numinteriorrings(core) = 0),
  constraint fk_ground_licence_area_id foreign key (licence_area_id) references licence_area (id),
  constraint fk_ground_plane foreign key (plane) references plane (srid)
);
create index ix_ground_licence_area_id on ground (licence_area_id);
create table cell (
  id bigint generated always as identity,
  licence_area_id uuid not null,
  layer text not null,
  grid text not null,
  cell bigint not null,
  valid tstzrange not null,
  constraint pk_cell primary key (id),
  constraint fk_cell_licence_area_id foreign key (licence_area_id) references licence_area (id)
);
create index ix_cell_licence_area_id on cell (licence_area_id);
create table inherited_ground (
  id bigint generated always as identity,
  licence_area_id uuid not null,
  layer text not null,
  valid tstzrange not null,
  plane integer not null,
  core geometry(Polygon) not null,
  constraint pk_inherited_ground primary key (id),
  constraint ck_inherited_ground_in_the_plane check (st_srid(core) = plane),
  constraint fk_inherited_ground_licence_area_id
    foreign key (licence_area_id) references licence_area (id),
  constraint fk_inherited_ground_plane foreign key (plane) references plane (srid)
);
create index ix_inherited_ground_core on inherited_ground using gist (core);
create index ix_inherited_ground_licence_area_id on inherited_ground (licence_area_id);
comment on table inherited_ground
  is 'ground of inherited rights: outside the constraint, it blocks every newcomer';
create table inherited_overlap (
  first uuid not null,
  second uuid not null,
  dispute text,
  recorded_at timestamptz not null,
  constraint pk_inherited_overlap primary key (first, second),
  constraint ck_inherited_overlap_listed_once check (first < second),
  constraint fk_inherited_overlap_first foreign key (first) references licence_area (id),
  constraint fk_inherited_overlap_second foreign key (second) references licence_area (id)
);
comment on table inherited_overlap
  is 'pairs of legacy rights that stand in law although they overlap'
"""

# The operator class is made by a superuser before (deploy/postgres/bootstrap.sql). Rows enter both
# tables only by `insert … on conflict do nothing returning id`: no row means taken.
GUARANTEES = """
alter table ground add constraint no_shared_ground exclude using gist
  (layer with =, (core::polygon) public.ground_ops with operator(public.&#&), valid with &&);
alter table cell add constraint no_shared_cell exclude using gist
  (grid with =, cell with =, layer with =, valid with &&)
"""

VIEWS = """
create view audit_v1.licence_areas as
  select v.licence_area_id as id, a.licence_code, a.licence_type as type, a.minerals, v.valid,
         v.recorded, a.inherited, v.geom, v.cells, a.status
  from public.licence_area_version v join public.licence_area a on a.id = v.licence_area_id
  where a.status <> 'withdrawn';
create view audit_v1.application_areas as
  select application_id, filing_seq as seq, status, minerals, geom, cells
  from public.application_area;
create view audit_v1.zones as
  select id, kind, name, instrument, tstzrange(since, until) as valid, status, geom
  from public.zone
"""
