"""Count prompts: payments are found by who began them and by the phone that was to pay."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_index(
        "ix_payment_intent_begun_by_begun_at", "payment_intent", ["begun_by", "begun_at"]
    )
    op.create_index("ix_payment_intent_msisdn_begun_at", "payment_intent", ["msisdn", "begun_at"])
