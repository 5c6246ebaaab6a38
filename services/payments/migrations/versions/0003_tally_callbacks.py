"""Tally callbacks: those of which nothing else is kept are counted by day (UTC)."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(TALLY)


TALLY = """
create table callback_tally (
  provider text not null,
  day date not null,
  verdict text not null,
  times bigint not null,
  constraint pk_callback_tally primary key (provider, day, verdict)
)
"""
