"""Sign out stopped numbers: when the sessions of whoever was blocked or released were ended."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("alter table subscriber add column signed_out_at timestamptz")
    op.execute(TO_SIGN_OUT)


# Those that were stopped before are among them: the worker ends their sessions at its next start.
TO_SIGN_OUT = """
create index ix_subscriber_to_sign_out on subscriber (id)
  where signed_out_at is null and (blocked_at is not null or released_at is not null)
"""
