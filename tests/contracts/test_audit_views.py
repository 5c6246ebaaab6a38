"""The auditor's views: what outside tools were promised stays, in name and type."""

from collections.abc import Iterator

import pytest

from chassis.settings import ServiceSettings
from tests.experiments.scratch import SERVICES, scratch
from tests.own_database import as_owner

AT = "timestamp with time zone"
LOG = {"seq": "bigint", "leaf": "bytea", "payload": "jsonb"}
OUTBOX = {"id": "bigint", "created_at": AT, "sent_at": AT}
GROUND = {"geom": "geometry(MultiPolygon)", "cells": "bigint[]"}
PROMISED: dict[str, dict[str, dict[str, str]]] = {
    "licensing": {
        "filings": {
            "id": "uuid", "code": "text", "seq": "bigint", "lodged_at": AT, "origin": "text",
            "not_before": AT, "not_after": AT, "status": "text", "kind": "text", "office": "text",
        },
        "decisions": {
            "application_id": "uuid", "step": "text", "round": "smallint", "person": "text",
            "office": "text", "outcome": "text", "at": AT,
        },
        "clock_days": {"application_id": "uuid", "day": "date", "party": "text"},
        "licences": {
            "code": "text", "application_id": "uuid", "type": "text", "valid_from": AT,
            "valid_to": AT, "status": "text",
        },
    },
    "cadastre": {
        "licence_areas": {
            "id": "uuid", "licence_code": "text", "type": "text", "minerals": "text[]",
            "valid": "tstzrange", "recorded": "tstzrange", "inherited": "boolean", **GROUND,
        },
        "application_areas": {
            "application_id": "uuid", "seq": "bigint", "status": "text", "minerals": "text[]",
            **GROUND,
        },
        "zones": {
            "id": "text", "kind": "text", "name": "text", "valid": "tstzrange",
            "geom": GROUND["geom"],
        },
    },
    "payments": {
        "ledger_lines": {
            "tx": "uuid", "account": "text", "minor": "bigint", "currency": "character(3)",
            "business_id": "uuid", "provider": "text", "provider_ref": "text", "at": AT,
        },
        "invoices": {
            "id": "uuid", "code": "text", "application_id": "uuid", "minor": "bigint",
            "currency": "character(3)", "due_at": AT, "status": "text",
        },
        "receipts": {
            "id": "uuid", "code": "text", "invoice_id": "uuid", "minor": "bigint",
            "currency": "character(3)", "issued_at": AT,
        },
    },
    "messages": {
        "notices": {
            "id": "uuid", "case": "uuid", "kind": "text", "channel": "text", "created_at": AT,
            "sent_at": AT, "delivered_at": AT, "failed": "text",
        },
    },
}
COLUMNS = """
select c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'audit_v1'::regnamespace and a.attnum > 0
"""
READABLE = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('public', 'audit_v1') and c.relkind in ('r', 'v', 'p')
  and has_table_privilege('auditor', c.oid, 'select')
  and not has_table_privilege('public', c.oid, 'select')
"""


@pytest.fixture(scope="module")
def databases(postgres: str) -> Iterator[dict[str, ServiceSettings]]:
    with scratch(postgres) as place:
        yield {service: place.settings(service) for service in SERVICES}


@pytest.mark.parametrize("service", SERVICES)
def test_the_auditors_columns_keep_their_names_and_types(
    databases: dict[str, ServiceSettings], service: str
) -> None:
    found: dict[str, dict[str, str]] = {}
    for view, column, kind in as_owner(databases[service], COLUMNS):
        found.setdefault(view, {})[column] = kind
    promised = PROMISED[service] | {"log_entries": LOG, "outbox": OUTBOX}
    shown = {
        view: {name: found.get(view, {}).get(name) for name in columns}
        for view, columns in promised.items()
    }
    assert shown == promised


@pytest.mark.parametrize("service", SERVICES)
def test_the_auditor_reads_the_views_and_no_table(
    databases: dict[str, ServiceSettings], service: str
) -> None:
    readable = as_owner(databases[service], READABLE)
    assert {schema for schema, _ in readable} == {"audit_v1"}
    assert {view for _, view in readable} >= {*PROMISED[service], "log_entries", "outbox"}
