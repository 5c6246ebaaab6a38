"""Let invoices stand still: no due instant is known while a moratorium has no end."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

DUE = """
create or replace view audit_v1.due as
  select due_at as at from public.invoice where status = 'open' and not stands_still
  union all
  select unnest(remind_at) from public.invoice where status = 'open' and not stands_still
"""


def upgrade() -> None:
    op.add_column(
        "invoice", sa.Column("stands_still", sa.Boolean(), nullable=False, server_default="false")
    )
    op.execute(DUE)
