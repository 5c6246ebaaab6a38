"""Know one holder under several registrations by its evidence; let memberships end at once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEYS = """
update party set identity = coalesce((
  select array_agg(distinct
    (one ->> 'kind') || ':' ||
    lower(regexp_replace(normalize(one ->> 'number', NFKC), '[^[:alnum:]]', '', 'g')))
  from jsonb_array_elements(evidence) as one), '{}')
"""


def upgrade() -> None:
    op.add_column(
        "party",
        sa.Column("identity", sa.ARRAY(sa.Text()), nullable=False, server_default="{}"),
    )
    op.execute(KEYS)
    op.drop_constraint("ck_member_ends_after_it_began", "member")
    op.create_check_constraint(
        op.f("ck_member_ends_after_it_began"), "member", "until is null or until >= since"
    )
    op.create_index("ix_party_identity", "party", ["identity"], postgresql_using="gin")
