"""Splits: settled through the provider, told to the treasury, or only accounted for."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from payments_counter import FACTS, Counter, verified

from kernel.authority import Power
from tests.served import eventually


def shares(counter: Counter, invoice: dict[str, Any]) -> dict[str, tuple[int, str]]:
    found = counter.sql(
        "select beneficiary, minor, status from split_instruction where invoice_id = %s",
        invoice["id"],
    )
    return {name: (minor, status) for name, minor, status in found}


def paid(counter: Counter, fee: str, **args: Any) -> dict[str, Any]:
    invoice = counter.invoice(fee, **args)
    counter.begun(invoice)
    eventually(lambda: counter.paid(invoice), "the payment never arrived")
    return invoice


def round_of_work(counter: Counter, invoice: dict[str, Any], status: str) -> bool:
    counter.sql("update payout_batch set next_ask = '2020-01-01' where next_ask is not null")
    counter.paymaster.work()
    return {one for _, one in shares(counter, invoice).values()} == {status}


def test_settled_shares_are_paid_out_by_the_provider_once(counter: Counter) -> None:
    invoice = paid(counter, "artisanal-application")
    assert shares(counter, invoice) == {
        "treasury": (26_00, "due"),
        "council-hillside": (14_00, "due"),
    }
    eventually(lambda: round_of_work(counter, invoice, "settled"), "nothing was paid out", 30)
    for _ in range(2):
        counter.paymaster.work()
    entries = counter.sql(
        "select l.account, l.minor from audit_v1.ledger_lines l join split_instruction s"
        " on s.id = l.business_id where s.invoice_id = %s and account like 'payable:%%'",
        invoice["id"],
    )
    assert sorted(entries) == [("payable:council-hillside", 14_00), ("payable:treasury", 26_00)]


def test_a_batch_whose_sender_died_is_sent_again_and_pays_once(counter: Counter) -> None:
    invoice = paid(counter, "artisanal-application")
    counter.operator.fault(down=True)
    counter.paymaster.work()
    assert {one for _, one in shares(counter, invoice).values()} == {"asked"}
    counter.operator.clear()
    eventually(lambda: round_of_work(counter, invoice, "settled"), "nothing was paid out", 30)
    batch = counter.sql(
        "select distinct batch_id from split_instruction where invoice_id = %s", invoice["id"]
    )[0][0]
    told = counter.operator.http.get(
        f"{counter.operator.url}/accounts/CORNERPOST/statemententries"
    ).json()
    mine = [one for one in told if one["originalTransactionReference"].startswith(str(batch))]
    out = sorted(one["amount"] for one in mine)
    assert out.count("26.00") == out.count("14.00") >= 1
    assert len({one["originalTransactionReference"] for one in mine}) == len(mine)


def test_instructed_shares_stand_on_a_signed_schedule_the_day_after(
    counter: Counter, tmp_path: Path
) -> None:
    invoice = paid(counter, "artisanal-grant", step="grant-fee")
    total = counter.row(invoice["application_id"])["minor"]
    assert {one for _, one in shares(counter, invoice).values()} == {"due"}
    counter.paymaster.work()
    assert {one for _, one in shares(counter, invoice).values()} == {"due"}
    counter.forward(timedelta(days=1))
    counter.paymaster.work()
    assert {one for _, one in shares(counter, invoice).values()} == {"instructed"}
    officer = counter.officer(Power.READ_LEDGER)
    told = counter.http.get("/v1/schedules", headers=officer).json()[-1]
    lines = told["body"]["instructed"]["lines"]
    mine = [one for one in lines if one["invoice"] == str(invoice["id"])]
    assert sum(one["minor"] for one in mine) == total
    assert {one["pays_into"] for one in mine} == {
        "TREASURY-0001",
        "DISTRICT-REVENUE",
        "COMMUNITY-0007",
    }
    signed = {name: told[name] for name in ("body", "key", "signature")}
    key = counter.settings.keys / "public" / "payments-receipts.json"
    assert verified(signed, key, tmp_path, "schedule") == 0
    assert verified(signed, key, tmp_path) == 1
    one = counter.http.get(f"/v1/schedules/{told['number']}", headers=officer).json()
    assert json.dumps(one, sort_keys=True) == json.dumps(told, sort_keys=True)
    counter.must_balance()


def test_accounted_shares_stand_in_the_beneficiarys_statement(counter: Counter) -> None:
    facts = FACTS | {"party_kind": "person", "members": 0}
    invoice = paid(counter, "miners-card", step="card-fee", facts=facts)
    assert shares(counter, invoice) == {
        "mines-agency": (4_80, "accounted"),
        "council-hillside": (7_20, "accounted"),
    }
    officer = counter.officer(Power.READ_LEDGER)
    told = counter.http.get(
        "/v1/beneficiaries/mines-agency/statement?limit=500", headers=officer
    ).json()
    line = next(one for one in told["lines"] if one["invoice"] == invoice["code"])
    assert (line["kind"], line["amount"]) == ("payment", {"minor": 4_80, "currency": "EXD"})
    assert told["closing"] == told["opening"] + told["received"] - told["carried_out"]
    balance = -counter.sql(
        "select sum(minor)::bigint from ledger_line where account = 'payable:mines-agency'"
    )[0][0]
    assert told["closing"] == balance


def test_a_statement_of_nobody_is_not_found(counter: Counter) -> None:
    officer = counter.officer(Power.READ_LEDGER)
    answer = counter.http.get("/v1/beneficiaries/nobody/statement", headers=officer)
    assert answer.status_code == 404


def test_shares_can_be_followed(counter: Counter) -> None:
    invoice = paid(counter, "artisanal-application")
    officer = counter.officer(Power.READ_LEDGER)
    told, after = [], ""
    while True:
        path = f"/v1/shares?beneficiary=treasury&limit=3{after}"
        page = counter.http.get(path, headers=officer).json()
        told += page["shares"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    mine = [one for one in told if one["invoice"] == invoice["code"]]
    assert [one["amount"]["minor"] for one in mine] == [26_00]
    assert len({one["id"] for one in told}) == len(told)
