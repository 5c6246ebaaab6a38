"""The till of R3: payments before a real operator's callbacks, which come as late as they like."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx

from contracts import procedures as p
from deploy.fakes.mobile_money.__main__ import create_app
from kernel.commands import Command
from kernel.events import Event
from kernel.facts import INVOICE_PAID
from services.payments.activities.invoicing import Invoicing
from tests.experiments.scratch import Scratch
from tests.served import free_port, served_on

SETTLES: Final = 0.05  # seconds until a payer answers the phone
PATIENCE: Final = 180.0
POOL: Final = 24


@dataclass(frozen=True, slots=True)
class Till:
    """Payments on a port, and the operator that calls it back."""

    place: Scratch
    http: httpx.Client
    operator: httpx.Client
    invoicing: Invoicing

    def raise_invoice(self, command: Command) -> str:
        """Its code."""
        self.invoicing.raise_invoice(command)
        raised = self.facts(command, 0)[0]
        return str(raised.payload["code"])

    def pay(self, code: str, who: str, phone: str, callback_after: float) -> None:
        """Ask the payer's operator, whose callback takes its time."""
        told = {"callback_after": callback_after}
        self.operator.put(f"/control/faults/{phone}", json=told).raise_for_status()
        headers = self.place.issuer.headers("public", who) | {"Idempotency-Key": str(uuid4())}
        body = {"msisdn": phone}
        begun = self.http.post(f"/v1/invoices/{code}/payments", json=body, headers=headers)
        begun.raise_for_status()

    def wait(self, command: Command) -> list[Event]:
        """All facts of the case's invoice, once it was paid."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = self.facts(command, 0)
            if found[-1].name == INVOICE_PAID:
                return found
            time.sleep(0.05)
        raise TimeoutError(f"no callback made {command.application_id} paid")

    def facts(self, command: Command, after: int) -> list[Event]:
        wanted = p.EventRange(case=command.application_id, after=after)
        return list(self.invoicing.events_between(wanted).events)

    def callbacks(self) -> list[dict[str, Any]]:
        """What the operator told us, and what it was answered."""
        found: list[dict[str, Any]] = self.operator.get("/control/calls").json()
        return found


@contextmanager
def till(place: Scratch) -> Iterator[Till]:
    port, away = free_port(), free_port()
    folder = place.folder / "operator"
    folder.mkdir()
    with served_on(away, create_app(folder, SETTLES)) as operator:
        settings = place.settings(
            "payments",
            port=port,
            pool=POOL,
            mobile_money_url=operator,
            callback_url=f"http://127.0.0.1:{port}/v1/providers/mobile-money/callbacks",
        )
        app = place.app(settings)
        with (
            served_on(port, app) as url,
            httpx.Client(base_url=url, timeout=30) as http,
            httpx.Client(base_url=operator, timeout=30) as calls,
        ):
            yield Till(place, http, calls, Invoicing(app.state.teller))
        app.state.teller.close()
