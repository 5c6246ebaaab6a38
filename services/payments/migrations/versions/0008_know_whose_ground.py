"""Know by which offices an invoice is counted; of older ones the shares still say it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("invoice", sa.Column("offices", JSONB(), nullable=False, server_default="{}"))
    op.create_index("ix_invoice_raised_at_id", "invoice", ["raised_at", "id"])
    op.create_index("ix_receipt_issued_at", "receipt", ["issued_at"])
