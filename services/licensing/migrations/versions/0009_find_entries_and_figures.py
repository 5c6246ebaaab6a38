"""Find entries of the register by name and beginning, and figures' rows by their period."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index(
        "ix_licence_holder_words",
        "licence",
        [sa.text("to_tsvector('simple'::regconfig, logged ->> 'holder')")],
        postgresql_using="gin",
    )
    op.create_index("ix_licence_valid_from_id", "licence", ["valid_from", "id"])
    op.create_index("ix_application_lodged_at", "application", ["lodged_at"])
    op.create_index("ix_step_decided_at", "step", ["decided_at"])
    op.create_index("ix_decision_recorded_at", "decision", ["recorded_at"])
