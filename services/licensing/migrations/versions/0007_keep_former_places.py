"""Keep the places that applications lost, so that the auditor's filing sequence has no gap."""

import sqlalchemy as sa
from alembic import op

from chassis.migrate import append_only

AT = sa.DateTime(timezone=True)
revision = "0007"
down_revision = "0006"

FORMER = """
insert into former_place (filing_seq, application_id, since, lost_at)
select (j.payload->>'former_seq')::bigint, j.case_id,
       coalesce(lag(j.at) over (partition by j.case_id order by j.seq), a.lodged_at), j.at
  from journal j join application a on a.id = j.case_id
 where j.name = 'paper.lapsed' and j.payload ? 'former_seq'
"""
FILINGS = """
create or replace view audit_v1.filings as
  select a.id, a.code, a.filing_seq as seq,
         coalesce((select max(f.lost_at) from public.former_place f where f.application_id = a.id),
                  a.lodged_at) as lodged_at,
         a.origin, a.not_before, a.not_after, a.status, a.procedure as kind, a.office
  from public.application a where a.filing_seq is not null
  union all
  select a.id, a.code, f.filing_seq, f.since, a.origin, a.not_before, a.not_after, 'place-lost',
         a.procedure, a.office
  from public.former_place f join public.application a on a.id = f.application_id
"""


def upgrade() -> None:
    op.create_table(
        "former_place",
        sa.Column("filing_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("lost_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_former_place_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("filing_seq", name=op.f("pk_former_place")),
    )
    op.create_index(op.f("ix_former_place_application_id"), "former_place", ["application_id"])
    append_only(op, "former_place", "places in the filing sequence that applications have lost")
    op.execute(FORMER)
    op.execute(FILINGS)
