"""All four services before one another's callers, with the people and cases that R15 needs."""

import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from starlette.testclient import TestClient

from chassis.settings import ServiceSettings
from chassis.unit_of_work import Works
from contracts.procedures import Ack
from kernel.authority import Power
from kernel.codes import PublicCode
from kernel.commands import Command, Operation
from services.messages.activities.telling import Telling
from services.payments.activities.invoicing import Invoicing
from tests.experiments.scratch import ROOT, SERVICES, Scratch, scratch
from tests.own_database import appoint, as_owner

sys.path.insert(0, str(ROOT / "tests" / "licensing"))

from licensing_office import OfficeOfTests
from played_case import PlayedCase, play

COUNTS = """
select c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1
"""
UNCOUNTED = {"tries", "spatial_ref_sys", "log_node"}
"""Not an act's doing; of nodes a leaf adds as many as its place in the tree asks for."""
NOWHERE = "http://127.0.0.1:9"  # the operator is away: what counts here is what is recorded


@dataclass(frozen=True)
class Door:
    """One service."""

    place: Scratch
    settings: ServiceSettings
    app: Any
    client: TestClient

    @cached_property
    def tables(self) -> list[str]:
        found = [row[0] for row in as_owner(self.settings, COUNTS)]
        return [name for name in found if name not in UNCOUNTED]

    def rows(self) -> dict[str, int]:
        """How many rows each table holds: what an act that happened once adds to."""
        counted = [f"select '{name}', count(*) from public.\"{name}\"" for name in self.tables]
        return dict(as_owner(self.settings, " union all ".join(counted)))

    def operations(self) -> set[str]:
        """The POSTs that ask for an idempotency key."""
        paths = self.client.get("/openapi.json").json()["paths"]
        return {
            f"{self.settings.service} {path}"
            for path, methods in paths.items()
            for parameter in methods.get("post", {}).get("parameters", ())
            if parameter["name"] == "Idempotency-Key"
        }

    def miner(self, sub: str | None = None) -> dict[str, str]:
        return self.place.issuer.headers("public", sub or uuid4().hex)

    def officer(self, *powers: Power) -> dict[str, str]:
        sub = uuid4().hex
        appoint(self.settings, f"staff:{sub}", "mines", "mines-north", *powers)
        return self.place.issuer.headers("staff", sub, groups=["/agencies/mines/mines-north"])


@dataclass(frozen=True)
class Doors:
    by_name: dict[str, Door]
    office: OfficeOfTests
    chance: random.Random

    def case(self, *until: str, **lodged: Any) -> PlayedCase:
        """A lodged case with its steps approved until one of those named is open."""
        return play(self.office, **lodged).decided_up_to(*until)

    def invoice(self) -> str:
        """The code of an invoice for `public:p1`."""
        payments = self.by_name["payments"]
        teller, case = payments.app.state.teller, uuid4()
        due = datetime.now(UTC) + timedelta(days=10)
        told = {
            "step": "application-fee", "round": 1, "fee": "artisanal-application",
            "licence_type": "artisanal-permit", "due_at": due.isoformat(), "facts": FACTS,
            "payer": "public:p1",
            "application_code": str(PublicCode("AP", 2026, self.chance.randrange(10**6))),
        }
        command = self._command(case, "application-fee", Operation.RAISE_INVOICE, told)
        assert Invoicing(teller).raise_invoice(command) == Ack(seq=1)
        query = "select code from invoice where application_id = %s"
        return str(as_owner(payments.settings, query, case)[0][0])

    def notice(self, to: str) -> str:
        messages = self.by_name["messages"]
        notice = uuid4()
        told = {
            "notice": str(notice), "kind": "receipt-confirmed", "to": to, "case": None,
            "params": {"code": "AMP-2026-000123-X", "seq": "17"},
        }
        telling = Telling(
            Works(messages.app.state.database.sessions), messages.app.state.desk, lambda: None
        )
        telling.send_notice(self._command(notice, "case", Operation.SEND_NOTICE, told))
        return str(notice)

    def subscriber(self) -> str:
        made, number = uuid4(), f"+2557{self.chance.randrange(10**8):08d}"
        query = "insert into subscriber (id, phone, language, created_at) values (%s, %s, 'en', %s)"
        as_owner(self.by_name["messages"].settings, query, made, number, datetime.now(UTC))
        return str(made)

    def _command(
        self, case: UUID, subject: str, operation: Operation, args: dict[str, Any]
    ) -> Command:
        return Command(
            key=f"{case}:{subject}:1:{operation.value}:1",
            application_id=case,
            operation=operation,
            subject=subject,
            round=1,
            edition=self.office.desk.law.country.newest.ref,
            args=args,
            at=datetime.now(UTC),
        )


FACTS = {
    "hectares": "6.4", "party_kind": "cooperative", "members": 12, "women": 7,
    "minerals": ["gold"], "office": "mines-north",
    "offices": {
        "mines": "mines-north", "environment": "environment-north",
        "councils": "council-hillside", "lands": "lands-registry",
    },
}


@contextmanager
def doors(admin: str, seed: int) -> Iterator[Doors]:
    with scratch(admin) as place, ExitStack() as open_doors:
        made = {}
        for service in SERVICES:
            more = {"mobile_money_url": NOWHERE} if service == "payments" else {}
            settings = place.settings(service, portal_address="testclient", pool=12, **more)
            app = place.app(settings)
            client = open_doors.enter_context(TestClient(app))
            made[service] = Door(place, settings, app, client)
        first = made["licensing"]
        office = OfficeOfTests(
            client=first.client, settings=first.settings, issuer=place.issuer, app=first.app
        )
        yield Doors(made, office, random.Random(seed))
