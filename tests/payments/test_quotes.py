"""Quotes: the total cost before anybody starts."""

from datetime import timedelta
from typing import Any

import pytest
from payments_counter import Counter

from chassis.signing import Signer
from kernel.log.leaf import instant


def asked(licence_type: str = "artisanal-permit", **facts: Any) -> dict[str, Any]:
    given = {"party_kind": "cooperative", "members": 12, "hectares": "6.4"}
    return {"licence_type": licence_type, "facts": given | facts}


def statement(counter: Counter, **members: Any) -> dict[str, Any]:
    now = counter.now()
    body = {
        "v": 1,
        "licence_type": "artisanal-permit",
        "minerals": ["gold"],
        "hectares": {"legal": "2.5", "planar": "2.5"},
        "units": None,
        "office": "mines-north",
        "offices": {"mines": "mines-north", "councils": "council-hillside"},
        "zone": None,
        "hits": [{"kind": "known-working", "consequence": "visit-and-notice", "hectares": "0.1"}],
        "known_workings": 1,
        "valid_until": instant(now + timedelta(hours=20)),
    }
    return Signer.load(counter.settings.keys, "cadastre-statements").sign(body | members)


def quote(counter: Counter, body: dict[str, Any]) -> Any:
    return counter.http.post("/v1/quotes", json=body)


def test_a_quote_lists_every_fee_its_lines_and_who_receives_it(counter: Counter) -> None:
    told = quote(counter, asked()).json()
    assert told["total"] == {"minor": 40_00 + 175_20, "currency": "EXD"}
    fees = {fee["step"]: fee for fee in told["fees"]}
    assert fees["application-fee"]["total"]["minor"] == 40_00
    grant = fees["grant-fee"]
    assert [(line["id"], line["amount"]["minor"]) for line in grant["lines"]] == [
        ("preparation", 60_00),
        ("ground", 115_20),
    ]
    assert sum(share["amount"]["minor"] for share in grant["shares"]) == 175_20
    assert set(grant["titles"]) >= {"en", "fr", "sw", "ar"}
    assert grant["mode"] == "instructed"


def test_a_signed_ground_statement_goes_before_what_is_typed(counter: Counter) -> None:
    told = quote(counter, asked() | {"ground": statement(counter)}).json()
    grant = next(fee for fee in told["fees"] if fee["step"] == "grant-fee")
    assert {line["id"]: line["amount"]["minor"] for line in grant["lines"]} == {
        "preparation": 60_00,
        "ground": 45_00,
        "workings": 15_00,
    }
    assert "council-hillside" in {share["beneficiary"] for share in grant["shares"]}


def test_a_quote_and_the_invoice_that_follows_agree(counter: Counter) -> None:
    told = quote(counter, asked(women=7, minerals=["gold"])).json()
    quoted = {fee["fee"]: fee["total"]["minor"] for fee in told["fees"]}
    assert counter.invoice()["minor"] == quoted["artisanal-application"]
    grant = counter.invoice("artisanal-grant", step="grant-fee")
    assert grant["minor"] == quoted["artisanal-grant"]


def test_nothing_is_recorded_by_a_quote(counter: Counter) -> None:
    before = counter.sql("select count(*) from log_leaf")
    assert quote(counter, asked()).status_code == 200
    assert counter.sql("select count(*) from log_leaf") == before


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"licence_type": "small-scale-licence"}, "ground-statement-for-another"),
        ({"valid_until": "2020-01-01T00:00:00Z"}, "ground-statement-too-old"),
        ({"office": None}, "ground-not-readable"),
    ],
)
def test_a_statement_that_does_not_fit_is_refused(
    counter: Counter, changed: dict[str, Any], problem: str
) -> None:
    answer = quote(counter, asked() | {"ground": statement(counter, **changed)})
    assert answer.json()["type"] == f"urn:cornerpost:problem:{problem}"


def test_a_statement_that_was_changed_is_refused(counter: Counter) -> None:
    forged = statement(counter)
    forged["body"]["hectares"]["legal"] = "0.1"
    answer = quote(counter, asked() | {"ground": forged})
    assert answer.json()["type"] == "urn:cornerpost:problem:ground-statement-not-ours"


@pytest.mark.parametrize(
    "body",
    [
        asked("no-such-type"),
        asked() | {"procedure": "no-such-act"},
        asked(hectares="-1"),
        asked(hectares="1e9"),
        asked(units=2**70),
        asked(district="no-such-district"),
        asked(hectares="999999999.999999", party_kind="company"),
        {"licence_type": "artisanal-permit"},
        [],
    ],
)
def test_what_cannot_be_quoted_is_refused_or_priced_but_never_breaks(
    counter: Counter, body: Any
) -> None:
    assert quote(counter, body).status_code < 500
