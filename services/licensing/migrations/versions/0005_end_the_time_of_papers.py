"""End the time of papers: what follows when one is overdue, and the days that a reply was given."""

import sqlalchemy as sa
from alembic import op

AT = sa.DateTime(timezone=True)
revision = "0005"
down_revision = "0004"

DUE = """
create or replace view audit_v1.due as
  select due_at as at from public.step where status = 'open' and kind <> 'fee'
  union all
  select warn_at from public.step where status = 'open' and kind <> 'fee' and warned_at is null
  union all
  select reply_due_at from public.information_request where status = 'open'
  union all
  select since from public.appointment_act where status = 'approved'
  union all
  select until from public.appointment_act where status in ('approved', 'ended')
  union all
  select p.due_at from public.paper p join public.application a on a.id = p.application_id
  where p.state = 'missing' and p.overdue in ('lapse', 'lose-place') and p.lapsed_at is null
    and a.status = 'lodged'
  union all
  select p.warn_at from public.paper p join public.application a on a.id = p.application_id
  where p.state = 'missing' and p.lapsed_at is null and p.warned_at is null
    and a.status = 'lodged'
"""
DAYS = """
update public.information_request
   set reply_days = greatest(1, round(extract(epoch from reply_due_at - asked_at) / 86400))
"""


def upgrade() -> None:
    op.add_column("paper", sa.Column("overdue", sa.Text(), nullable=True))
    op.add_column("paper", sa.Column("warn_at", AT, nullable=True))
    op.add_column("paper", sa.Column("warned_at", AT, nullable=True))
    op.add_column("paper", sa.Column("lapsed_at", AT, nullable=True))
    op.add_column("information_request", sa.Column("reply_days", sa.SmallInteger(), nullable=True))
    op.execute(DAYS)
    op.alter_column("information_request", "reply_days", nullable=False)
    op.alter_column("information_request", "reply_due_at", nullable=True)
    op.execute(DUE)
