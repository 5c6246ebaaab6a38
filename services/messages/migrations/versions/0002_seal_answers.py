"""Seal answers: what was stored for repeats is readable with the request's own key only."""

from alembic import op

from chassis.migrate import seal_stored_answers

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    seal_stored_answers(op)
