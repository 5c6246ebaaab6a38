"""The database as the migrations leave it: what the entities expect, and what nobody may change."""

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from licensing_office import OfficeOfTests
from sqlalchemy import create_engine

from chassis.database import url_of
from chassis.migrate import migrate
from services.licensing.store import mapping, tables


def test_migrations_and_tables_say_the_same(office: OfficeOfTests) -> None:
    mapping.map_entities()
    assert office.settings.database_owner is not None
    engine = create_engine(url_of(office.settings.database_owner))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        drift = compare_metadata(context, tables.metadata)
    engine.dispose()
    found = [change for change in drift if "alembic_version" not in str(change)]
    assert found == []


def test_migrating_again_changes_nothing(office: OfficeOfTests) -> None:
    assert migrate(office.settings) == migrate(office.settings)


@pytest.mark.parametrize("table", ["receipt", "interest", "journal", "log_leaf"])
def test_the_service_itself_cannot_rewrite_what_was_signed_or_recorded(
    office: OfficeOfTests, table: str
) -> None:
    office.lodged(office.applicant())
    address = office.settings.database.get_secret_value()
    with psycopg.connect(address) as connection:
        for statement in (f"delete from {table}", f"update {table} set {COLUMN[table]} = null"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)  # type: ignore[call-overload]
            connection.rollback()


COLUMN = {"receipt": "body", "interest": "until", "journal": "payload", "log_leaf": "salt"}


def test_the_auditor_reads_filings_in_columns_that_do_not_change(office: OfficeOfTests) -> None:
    office.lodged(office.applicant())
    columns = office.sql(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = 'audit_v1' and table_name = 'filings' order by ordinal_position"
    )
    assert columns == [
        ("id", "uuid"),
        ("code", "text"),
        ("seq", "bigint"),
        ("lodged_at", "timestamp with time zone"),
        ("origin", "text"),
        ("not_before", "timestamp with time zone"),
        ("not_after", "timestamp with time zone"),
        ("status", "text"),
        ("kind", "text"),
        ("office", "text"),
    ]
    rights = office.sql("select has_table_privilege('auditor', 'audit_v1.filings', 'select')")
    assert rights == [(True,)]
    assert office.sql("select has_table_privilege('auditor', 'public.party', 'select')") == [
        (False,)
    ]


def test_a_draft_is_no_filing(office: OfficeOfTests) -> None:
    draft = office.draft(office.applicant())
    assert office.sql("select * from audit_v1.filings where id = %s", draft) == []


def test_the_database_keeps_lodged_and_draft_apart(office: OfficeOfTests) -> None:
    draft = office.draft(office.applicant())
    with pytest.raises(psycopg.errors.CheckViolation):
        office.sql("update application set filing_seq = 999999 where id = %s", draft)
