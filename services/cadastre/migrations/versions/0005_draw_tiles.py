"""Draw tiles: shapes in Web Mercator with an index, and when licences begin and end."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)


# The function is found with an empty search path too: pg_dump writes its schema beside it.
STATEMENTS = """
alter table application_area add column web geometry(MultiPolygon,3857)
  generated always as (public.st_transform(lonlat, 3857)) stored;
alter table zone add column web geometry(MultiPolygon,3857)
  generated always as (public.st_transform(lonlat, 3857)) stored;
create index ix_application_area_web on application_area using gist (web) where ended_at is null;
create index ix_zone_web on zone using gist (web) where status = 'approved';
create index ix_licence_area_version_web on licence_area_version using gist (web)
  where upper_inf(recorded);
create index ix_licence_area_version_begins on licence_area_version (lower(valid))
  where upper_inf(recorded);
create index ix_licence_area_version_ends on licence_area_version (upper(valid))
  where upper_inf(recorded)
"""
