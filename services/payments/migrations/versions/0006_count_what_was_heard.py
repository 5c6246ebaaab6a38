"""Count what was heard of a payment: the provider's answers, and the hints that came."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for name in ("answers", "hints"):
        op.add_column(
            "payment_intent", sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        )
