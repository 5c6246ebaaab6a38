"""Money due, paid and past due: every figure is what its invoices add up to, and names nobody."""

import csv
import io
import json
import random
from collections import Counter as Tally
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from payments_counter import FACTS, Counter

from contracts.calling import Calling
from contracts.payments.client_figures import MoneyAsked, PaymentsFigures
from contracts.payments.language_figures import Standing
from kernel.authority import Power
from kernel.problems import Problem

Row = dict[str, Any]
COUNCILS = ("council-hillside", "council-riverside")
KINDS = ("due", "paid", "past_due", "voided")


@pytest.fixture(scope="module")
def model(served: Counter) -> Row:
    return served.invoice()


@pytest.fixture(scope="module")
def many(served: Counter, model: Row, seed: int) -> random.Random:
    """Eighty more invoices, copied, of every standing; some raised before their offices were
    kept."""
    chance = random.Random(seed)
    address = served.settings.database_owner
    assert address is not None
    now = served.now()
    with psycopg.connect(address.get_secret_value(), autocommit=True) as door:
        for n in range(80):
            raised = now - timedelta(seconds=chance.randrange(60, 300 * 86_400))
            status = chance.choice(("open", "open", "paid", "expired", "voided"))
            council, share = chance.choice((*COUNCILS, None)), chance.choice((*COUNCILS, None))
            told = {
                "id": uuid4(), "number": 9_000 + n, "code": f"INV-2026-{n}",
                "application_id": uuid4(), "raised_at": raised, "status": status,
                "minor": chance.randrange(0, 10**9), "stands_still": chance.random() < 0.2,
                "due_at": now + chance.choice((1, -1)) * timedelta(days=chance.randrange(1, 30)),
                "ended_at": None if status == "open" else now - timedelta(days=1),
                "licence_type": chance.choice(("artisanal-permit", "small-scale-licence")),
                "offices": {"councils": council, "lands": "lands-registry"} if council else {},
                "shares": [{"beneficiary": share}] if share else [],
            }  # fmt: skip
            door.execute(
                "insert into invoice select (jsonb_populate_record(one, %s::jsonb)).*"
                " from invoice one where id = %s",
                (json.dumps(told, default=str), model["id"]),
            )
    return chance


@pytest.fixture(scope="module")
def ministry(served: Counter) -> dict[str, str]:
    return served.officer(Power.READ_STATISTICS)


def ask(counter: Counter, who: dict[str, str], path: str, /, **asked: Any) -> Any:
    done = counter.http.get(f"/v1/statistics/{path}", headers=who, params=asked)
    assert done.status_code == 200, done.text
    return done.json()


def all_rows(counter: Counter, who: dict[str, str], /, limit: int = 9, **asked: Any) -> list[Row]:
    found: list[Row] = []
    after: dict[str, str] = {}
    while True:
        page = ask(counter, who, "money/rows", limit=limit, **asked, **after)
        found += page["rows"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


SIFTS: list[dict[str, str]] = [
    {}, {"authority": "council-hillside"}, {"authority": "-"}, {"standing": "past-due"},
    {"standing": "paid", "licence_type": "artisanal-permit"}, {"agency": "lands"},
]  # fmt: skip


@pytest.mark.parametrize("sift", SIFTS)
def test_money_is_the_sum_of_the_invoices_counted(
    counter: Counter, ministry: dict[str, str], many: random.Random, sift: dict[str, str]
) -> None:
    expected = defaultdict(list)
    for row in all_rows(counter, ministry, **sift):
        expected[row["authority"], row["currency"]].append(row)
    figure = ask(counter, ministry, "money", **sift)
    assert figure["agency"] == sift.get("agency", "councils")
    found = {(line["authority"], line["currency"]): line for line in figure["rows"]}
    assert set(found) == set(expected)
    for key, line in found.items():
        rows = expected[key]
        assert (line["invoices"], line["minor"]) == (len(rows), sum(r["minor"] for r in rows))
        for kind in KINDS:
            here = [row for row in rows if row["standing"] == kind.replace("_", "-")]
            assert line[f"{kind}_invoices"] == len(here)
            assert line[f"{kind}_minor"] == sum(row["minor"] for row in here)


def test_an_invoice_is_past_due_when_its_day_is_over_and_its_clock_runs(
    counter: Counter, ministry: dict[str, str], many: random.Random
) -> None:
    told = {row["id"]: row["standing"] for row in all_rows(counter, ministry)}
    rows = counter.sql("select id, status, due_at, stands_still from invoice")
    for key, status, due_at, stands_still in rows:
        past = status == "expired" or (
            status == "open" and due_at < counter.now() and not stands_still
        )
        expected = "past-due" if past else "due" if status == "open" else status
        assert told[str(key)] == expected
    assert set(told.values()) == {"due", "paid", "past-due", "voided"}


def test_offices_are_kept_when_an_invoice_is_raised_and_shares_say_them_of_old_ones(
    counter: Counter, ministry: dict[str, str], many: random.Random
) -> None:
    invoice = counter.invoice(facts={**FACTS, "offices": {}, "office": None, "district": "plains"})
    ((offices,),) = counter.sql("select offices from invoice where id = %s", invoice["id"])
    assert offices == {
        "mines": "mines-east", "environment": "environment-south",
        "councils": "council-hillside", "lands": "lands-registry",
    }  # fmt: skip
    told = {row["id"]: row["authority"] for row in all_rows(counter, ministry)}
    for key, offices, shares in counter.sql("select id, offices, shares from invoice"):
        shared = [one["beneficiary"] for one in shares if one["beneficiary"] in COUNCILS]
        assert told[str(key)] == offices.get("councils", next(iter(shared), None))


def test_no_figure_and_no_row_names_a_person(
    counter: Counter, ministry: dict[str, str], many: random.Random
) -> None:
    told = json.dumps([ask(counter, ministry, "money"), all_rows(counter, ministry)])
    assert "public:" not in told
    assert "payer" not in told


def test_a_table_holds_the_same_rows(
    counter: Counter, ministry: dict[str, str], many: random.Random
) -> None:
    for path in ("money", "money/rows"):
        told = ask(counter, ministry, path, limit=500)["rows"]
        table = counter.http.get(
            f"/v1/statistics/{path}", headers=ministry, params={"limit": 500, "format": "csv"}
        )
        lines = list(csv.DictReader(io.StringIO(table.text)))
        assert [line["minor"] for line in lines] == [str(row["minor"]) for row in told]


def test_one_filter_asks_for_figure_and_rows_through_the_client(
    counter: Counter, ministry: dict[str, str], many: random.Random
) -> None:
    token = ministry["Authorization"].removeprefix("Bearer ")
    us = PaymentsFigures(Calling(counter.http, lambda: token))
    of = MoneyAsked(standing=Standing.PAID, authority="council-riverside")
    (line,) = us.money(of).rows
    rows = us.invoices_counted(of, limit=500).rows
    assert (line.paid_invoices, line.paid_minor) == (len(rows), sum(row.minor for row in rows))
    assert us.table("/statistics/money/rows", of, limit=500).decode().count("\n") == len(rows) + 1
    public = PaymentsFigures(Calling(counter.http))
    assert public.received(2).rows == []
    with pytest.raises(Problem) as refused:
        public.money()
    assert refused.value.status == 401


def receipts(counter: Counter, at: datetime, council: str, how_many: int) -> None:
    """Receipts as they were given at an instant, for invoices of one council."""
    for _ in range(how_many):
        invoice = counter.invoice()
        counter.sql(
            "update invoice set offices = %s::jsonb where id = %s",
            json.dumps({"councils": council}), invoice["id"],
        )  # fmt: skip
        code = uuid4().hex
        number = counter.sql("select coalesce(max(number), 0) + 1 from receipt")[0][0]
        counter.sql(
            "insert into receipt (id, number, code, short_code, invoice_id, minor, currency, body,"
            " key, signature, paid_at, issued_at)"
            " values (%s, %s, %s, %s, %s, 4000, 'EXD', '{}', 'k', 's', %s, %s)",
            uuid4(), number, code, code, invoice["id"], at, at,
        )  # fmt: skip


def test_what_was_received_is_told_of_months_that_are_over_and_groups_of_five(
    counter: Counter, many: random.Random
) -> None:
    today = counter.now().date()
    then = (today.replace(day=1) - timedelta(days=40)).replace(day=10)
    at = datetime(then.year, then.month, then.day, 12, tzinfo=UTC)
    receipts(counter, at, "council-hillside", 5)
    receipts(counter, at, "council-riverside", 4)
    receipts(counter, counter.now(), "council-riverside", 6)
    told = ask(counter, {}, "received")
    found = {row["authority"]: row for row in told["rows"]}
    assert set(Tally(row["authority"] for row in told["rows"]).values()) == {1}
    shown, hidden = found["council-hillside"], found["council-riverside"]
    assert (shown["shown"], shown["receipts"], shown["minor"]) == (True, 5, 20_000)
    assert (hidden["shown"], hidden["receipts"], hidden["minor"]) == (False, None, None)
    assert shown["month"] == then.replace(day=1).isoformat()


@pytest.mark.parametrize(
    ("path", "status"),
    [("money?agency=weather", 404), ("money?begins=2026-02-01&ends=2026-01-01", 422),
     ("money?standing=lost", 422), ("money/rows?after=x", 422), ("money?currency=dollars", 422)],
)  # fmt: skip
def test_what_is_no_filter_is_refused(
    counter: Counter, ministry: dict[str, str], path: str, status: int
) -> None:
    assert counter.http.get(f"/v1/statistics/{path}", headers=ministry).status_code == status
