"""Know the counter: at which office a party was registered or a draft begun by its helper."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for table in ("party", "application"):
        op.execute(f"alter table {table} add column counter text")
        op.execute(FORMER.format(table=table))


# The counter of before: where the helper assisted at that instant.
FORMER = """
update {table} t set counter = (
  select min(a.office) from appointment a
  where a.person = t.helper and 'assist-at-counter' = any (a.powers)
    and a.since <= t.created_at and (a.until is null or a.until > t.created_at)
) where t.helper is not null
"""
