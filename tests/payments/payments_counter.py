"""Who stands at the counter in tests: workflows that raise invoices, payers, and the operator."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from payments_world import Operator

from chassis.unit_of_work import Works
from contracts.command_args import VoidInvoice
from contracts.procedures import Ack, ExpireInvoice, LapseAnswer
from kernel.authority import Power
from kernel.codes import PublicCode
from kernel.commands import Command, Operation
from services.payments.activities.invoicing import Invoicing
from services.payments.paymaster import Paymaster
from services.payments.settings import Settings
from services.payments.teller import Teller
from services.payments.watch import Watch
from tests.own_database import appoint, as_owner
from tests.token_issuer import TokenIssuer

FACTS = {
    "hectares": "6.4",
    "party_kind": "cooperative",
    "members": 12,
    "women": 7,
    "minerals": ["gold"],
    "office": "mines-north",
    "offices": {
        "mines": "mines-north",
        "environment": "environment-north",
        "councils": "council-hillside",
        "lands": "lands-registry",
    },
}
ROOT = Path(__file__).parents[2]


@dataclass
class Counter:
    """The service under test. Times are the service's own legal time."""

    http: httpx.Client
    settings: Settings
    issuer: TokenIssuer
    operator: Operator
    app: FastAPI

    @property
    def teller(self) -> Teller:
        found: Teller = self.app.state.teller
        return found

    @property
    def works(self) -> Works:
        return self.teller.works

    @property
    def activities(self) -> Invoicing:
        return Invoicing(self.teller)

    @property
    def watch(self) -> Watch:
        return Watch(self.teller, self.paymaster)

    @property
    def paymaster(self) -> Paymaster:
        return Paymaster(self.works, self.teller.desk, self.teller.providers)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database as its owner."""
        return as_owner(self.settings, statement, *values)

    def now(self) -> datetime:
        offset = self.sql("select offset_seconds from clock")[0][0]
        return datetime.now(UTC) + timedelta(seconds=offset)

    def forward(self, by: timedelta) -> None:
        self.sql("update clock set offset_seconds = offset_seconds + %s", int(by.total_seconds()))

    # who asks

    def payer(self, sub: str) -> dict[str, str]:
        return self.issuer.headers("public", sub)

    def officer(self, *powers: Power, office: str = "mines-north") -> dict[str, str]:
        """Headers of an officer with a live appointment; none without powers."""
        sub = f"o-{uuid4().hex[:12]}"
        if powers:
            appoint(self.settings, f"staff:{sub}", "mines", office, *powers)
        return self.issuer.headers("staff", sub, groups=[f"/agencies/mines/{office}"])

    # what they do

    def command(self, operation: Operation, **args: Any) -> Command:
        case = args.pop("case", None) or uuid4()
        return Command(
            key=f"{case}:{args['step']}:{args['round']}:{operation.value}:1",
            application_id=case,
            operation=operation,
            subject=args["step"],
            round=args["round"],
            edition=self.teller.desk.country.newest.ref,
            args=args,
            at=self.now(),
        )

    def raising(
        self,
        fee: str = "artisanal-application",
        due_in: timedelta = timedelta(days=10),
        **args: Any,
    ) -> Command:
        """The command by which the engine has an invoice raised."""
        asked = {
            "step": "application-fee",
            "round": 1,
            "fee": fee,
            "licence_type": "artisanal-permit",
            "due_at": (self.now() + due_in).isoformat(),
            "facts": FACTS,
            "payer": "public:p1",
            "application_code": str(PublicCode("AP", 2026, int(time.time_ns() % 10**6))),
        }
        return self.command(Operation.RAISE_INVOICE, **(asked | args))

    def invoice(self, *args: Any, **more: Any) -> dict[str, Any]:
        """A raised invoice as its row."""
        command = self.raising(*args, **more)
        assert self.activities.raise_invoice(command) == Ack(seq=1)
        return self.row(command.application_id)

    def row(self, case: UUID) -> dict[str, Any]:
        names = "id, code, application_id, step, round, minor, currency, due_at, status, mode"
        found = self.sql(f"select {names} from invoice where application_id = %s", case)
        return dict(zip(names.split(", "), found[0], strict=True))

    def void(self, invoice: dict[str, Any]) -> Ack:
        args = VoidInvoice(step=invoice["step"], round=invoice["round"], reason="withdrawn")
        case = invoice["application_id"]
        return self.activities.void_invoice(
            self.command(Operation.VOID_INVOICE, case=case, **args.model_dump())
        )

    def retime(self, invoice: dict[str, Any], due_at: datetime | None) -> Ack:
        """None: all clocks stand still."""
        until = due_at and due_at.isoformat()
        args = {"step": invoice["step"], "round": invoice["round"], "due_at": until}
        case = invoice["application_id"]
        asked = self.command(Operation.RETIME_INVOICE, case=case, **args)
        return self.activities.retime_invoice(asked.model_copy(update={"key": uuid4().hex}))

    def expiry(self, invoice: dict[str, Any], due_at: datetime | None = None) -> ExpireInvoice:
        return ExpireInvoice(
            key=uuid4().hex,
            subject=invoice["id"],
            application_id=invoice["application_id"],
            edition=self.teller.desk.country.newest.ref,
            due_at=due_at or invoice["due_at"],
        )

    def expire(self, invoice: dict[str, Any], due_at: datetime | None = None) -> LapseAnswer:
        return self.activities.expire_invoice(self.expiry(invoice, due_at))

    def pay(
        self, invoice: dict[str, Any], msisdn: str = "+255700000001", **headers: str
    ) -> httpx.Response:
        told = self.payer("p1") | {"Idempotency-Key": str(uuid4())} | headers
        asked = {"provider": "mobile-money", "msisdn": msisdn}
        return self.http.post(f"/v1/invoices/{invoice['code']}/payments", json=asked, headers=told)

    def begun(self, invoice: dict[str, Any], msisdn: str = "+255700000001") -> str:
        """A payment that has been begun; gives its id."""
        answer = self.pay(invoice, msisdn)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def status(self, payment: str) -> tuple[Any, ...]:
        return self.sql("select status, used_for from payment_intent where id = %s", UUID(payment))[
            0
        ]

    def paid(self, invoice: dict[str, Any]) -> bool:
        return self.row(invoice["application_id"])["status"] == "paid"

    def journal(self, case: UUID) -> list[tuple[Any, ...]]:
        return self.sql(
            "select name, payload, legal_at, at from journal where case_id = %s order by seq", case
        )

    def books(self, business: UUID | str) -> dict[str, int]:
        """Account to amount of the entries about one thing."""
        found = self.sql(
            "select account, sum(minor)::bigint from audit_v1.ledger_lines"
            " where business_id = %s group by account",
            business,
        )
        return dict(found)

    def must_balance(self) -> None:
        off = self.sql(
            "select tx from audit_v1.ledger_lines group by tx, currency having sum(minor) <> 0"
        )
        assert off == []


def verified(document: object, key: Path, folder: Path, what: str = "receipt") -> int:
    """The verdict of the one file that strangers verify with: 0 is genuine, 1 is not."""
    path = folder / "document.json"
    path.write_text(json.dumps(document))
    asked = [sys.executable, str(ROOT / "verify.py"), what, str(path), "--key", str(key)]
    return subprocess.run(asked, capture_output=True, check=False, timeout=60).returncode
