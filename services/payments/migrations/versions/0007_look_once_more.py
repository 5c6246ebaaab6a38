"""Look once more at completed payments; at those completed before the watch looks when it can."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BEFORE = """
update payment_intent set next_ask = completed_at, asks = 0
  where status = 'completed' and next_ask is null
"""


def upgrade() -> None:
    op.add_column("payment_intent", sa.Column("last_look", sa.DateTime(timezone=True)))
    op.execute(BEFORE)
