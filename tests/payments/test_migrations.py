"""The database from empty to head, held against the tables the code believes in."""

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from chassis.database import owner_engine
from chassis.migrate import current, migrate
from services.payments.settings import Settings
from services.payments.store.tables import metadata

VIEWS = {
    "ledger_lines": "tx account minor currency business_id provider provider_ref at kind",
    "invoices": "id code application_id application_code step round fee minor currency due_at"
    " status raised_at ended_at",
    "receipts": "id number code invoice_id minor currency body key signature paid_at issued_at",
    "due": "at",
    "beneficiary_lines": "id beneficiary kind business_id minor currency at",
    "outbox": "id created_at sent_at",
    "log_entries": "seq leaf payload",
}


def test_an_empty_database_comes_to_head_and_equals_the_tables(bare_settings: Settings) -> None:
    assert current(bare_settings) is None
    assert migrate(bare_settings) == migrate(bare_settings) == current(bare_settings)
    engine = owner_engine(bare_settings)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert [str(one)[:200] for one in compare_metadata(context, metadata)] == []
    engine.dispose()


def test_the_audit_views_keep_their_columns(bare_settings: Settings) -> None:
    migrate(bare_settings)
    address = bare_settings.database_owner
    assert address is not None
    with psycopg.connect(address.get_secret_value()) as owner:
        found = owner.execute(
            "select table_name, string_agg(column_name, ' ' order by ordinal_position)"
            " from information_schema.columns where table_schema = 'audit_v1' group by 1"
        ).fetchall()
    assert dict(found) == VIEWS
