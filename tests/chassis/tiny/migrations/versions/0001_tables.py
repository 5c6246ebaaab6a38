"""What the tiny service of these tests keeps: things with a name and a version."""

import sqlalchemy as sa
from alembic import op

from chassis.migrate import append_only, create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op)
    op.create_table(
        "thing",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table("seal", sa.Column("id", sa.Uuid, primary_key=True))
    append_only(op, "seal", "things that were sealed")
