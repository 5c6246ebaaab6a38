"""Answer for newer zones; note who asked for a ground check, so that the public's can end."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for statements in (CHECKED, CONSENTS, PUBLIC_CHECKS):
        for statement in statements.split(";;\n"):
            op.execute(statement)


# From which instant on nobody can have asked about a zone. Areas entered before know it from the
# statement that was kept; the column stays open for processes of the version before.
CHECKED = """
alter table application_area add column checked_at timestamptz;;
update application_area a set checked_at = c.checked_at
  from ground_check c where c.id = a.statement
"""

CONSENTS = """
create table zone_consent (
  id bigint generated always as identity,
  application_id uuid not null,
  zone_id text not null,
  given boolean not null,
  office text not null,
  reference text not null,
  answered_by text not null,
  answered_at timestamptz not null,
  constraint pk_zone_consent primary key (id),
  constraint fk_zone_consent_application_id
    foreign key (application_id) references application_area (application_id),
  constraint fk_zone_consent_zone_id foreign key (zone_id) references zone (id)
);;
create index ix_zone_consent_application_id on zone_consent (application_id);;
comment on table zone_consent
  is 'append-only: answers for zones that came after an application'
"""

# Who asked before this is not known: such checks are kept like those of people who signed in.
# The app role may remove a check (the comment says so to the grants), but never one that a
# lodgement stands on, nor one that may still be lodged with.
PUBLIC_CHECKS = """
alter table ground_check add column signed_in boolean not null default true;;
create index ix_application_area_statement on application_area (statement);;
comment on table ground_check is 'swept: ground statements as they were signed';;
create function ground_check_stays() returns trigger language plpgsql as $$
begin
  if old.checked_at > (select max(checked_at) from public.ground_check) - interval '2 days' then
    raise exception 'this ground check may still be lodged with'
      using errcode = 'restrict_violation';
  end if;
  if exists (select from public.application_area where statement = old.id) then
    raise exception 'an application was lodged with this ground check'
      using errcode = 'restrict_violation';
  end if;
  return old;
end $$;;
create trigger ground_check_stays before delete on ground_check
  for each row execute function ground_check_stays()
"""
