"""Answer for holders: whether the holder of a licence consents to another right on its ground."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for statement in STATEMENTS.split(";;\n"):
        op.execute(statement)


STATEMENTS = """
alter table zone_consent alter column zone_id drop not null;;
alter table zone_consent add column licence_code text;;
alter table zone_consent add constraint ck_zone_consent_of_one
  check ((zone_id is null) <> (licence_code is null));;
comment on table zone_consent
  is 'append-only: answers for zones that came after an application, and of holders of licences'
"""
