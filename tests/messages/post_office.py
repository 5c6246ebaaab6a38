"""Who takes part in tests of messages: workflows that hand notices over, phones, and browsers."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from phone_client import Client

from chassis.unit_of_work import Works
from contracts.procedures import Ack
from kernel.authority import Power
from kernel.commands import Command, Operation
from services.messages.activities.telling import Telling
from services.messages.desk import Desk
from services.messages.dispatch import Dispatch
from services.messages.gateways.nowhere import mail_of, texts_of
from services.messages.settings import Settings
from tests.own_database import appoint, as_owner
from tests.token_issuer import TokenIssuer

SIX_DIGITS = re.compile(r"\b(\d{6})\b")


@dataclass
class Telecom:
    """The fake telecom's doors for tests."""

    url: str
    http: httpx.Client = field(default_factory=httpx.Client)

    def up(self) -> bool:
        try:
            return self.http.get(f"{self.url}/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def fault(self, recipient: str = "*", **mode: Any) -> None:
        self.http.put(f"{self.url}/control/faults/{recipient}", json=mode).raise_for_status()

    def clear(self) -> None:
        self.http.delete(f"{self.url}/control/faults").raise_for_status()

    def phone(self, number: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.http.get(f"{self.url}/phones/{number}/messages").json()
        return found

    def mailbox(self, address: str) -> list[dict[str, Any]]:
        path = f"{self.url}/mailboxes/{address}"
        found: list[dict[str, Any]] = self.http.get(path).json()
        return found

    def code(self, number: str) -> str:
        """The newest code on the phone."""
        found = SIX_DIGITS.search(self.phone(number)[-1]["body"])
        assert found is not None
        return found[1]


@dataclass
class PostOffice:
    """The service under test."""

    http: httpx.Client
    settings: Settings
    issuer: TokenIssuer
    telecom: Telecom
    app: FastAPI
    browsers: list[httpx.Client] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        found: Desk = self.app.state.desk
        return found

    @property
    def works(self) -> Works:
        found: Works = self.app.state.works
        return found

    def dispatch(self) -> Dispatch:
        """The worker's loops, to be turned by hand."""
        gateways = texts_of(self.settings), mail_of(self.settings)
        return Dispatch(self.works, self.desk, *gateways)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database as its owner."""
        return as_owner(self.settings, statement, *values)

    # who asks

    def as_person(self, sub: str) -> dict[str, str]:
        return self.issuer.headers("public", sub)

    def knows_both_realms(self) -> bool:
        """Whether the keys of both issuers have been read."""
        asking = (self.as_person(str(uuid4())), self.officer())
        answers = [self.http.get("/v1/notices", headers=who) for who in asking]
        return all(answer.status_code == 200 for answer in answers)

    def officer(self, *powers: Power, office: str = "mines-north", **claims: Any) -> dict[str, str]:
        """Headers of an officer with a live appointment; none without powers."""
        sub = f"o-{uuid4().hex[:12]}"
        if powers:
            appoint(self.settings, f"staff:{sub}", "mines", office, *powers)
        told = {"groups": [f"/agencies/mines/{office}"]} | claims
        return self.issuer.headers("staff", sub, **told)

    # what happens

    def subscriber(self, number: str | None = None, language: str = "en") -> tuple[str, str]:
        """The id and number of somebody who signed in before."""
        number, made = number or new_number(), uuid4()
        self.sql(
            "insert into subscriber (id, phone, language, created_at) values (%s, %s, %s, %s)",
            made,
            number,
            language,
            datetime.now(UTC),
        )
        return str(made), number

    def command(
        self, to: str, kind: str = "receipt-confirmed", case: UUID | None = None, **more: Any
    ) -> Command:
        """The command by which the engine has somebody told."""
        notice = more.pop("notice", None) or uuid4()
        params = more.pop("params", {"code": "AMP-2026-000123-X", "seq": "17"})
        told = {"notice": str(notice), "kind": kind, "to": to, "params": params}
        return Command(
            key=more.pop("key", f"{case or notice}:{notice}:0:send_notice:1"),
            application_id=case or uuid4(),
            operation=Operation.SEND_NOTICE,
            subject="case",
            round=0,
            edition=more.pop("edition", self.desk.country.newest.ref),
            args=told | {"case": None if case is None else str(case)},
            at=datetime.now(UTC),
        )

    def hand_over(self, to: str, *args: Any, **more: Any) -> UUID:
        """A notice that messages has taken; not sent yet."""
        command = self.command(to, *args, **more)
        assert isinstance(self.telling.send_notice(command), Ack)
        return UUID(command.args["notice"])

    @property
    def telling(self) -> Telling:
        return Telling(self.works, self.desk, lambda: None)

    def send(self) -> None:
        """One round of sending on every way."""
        dispatch = self.dispatch()
        dispatch.send_texts()
        dispatch.send_mail()
        dispatch.texts.close()

    def row(self, notice: UUID) -> dict[str, Any]:
        names = (
            "kind, addressee, channel, language, sent_at, delivered_at, read_at, failed_at,"
            " failed, attempts, provider_ref, next_try, next_look, report_word"
        )
        found = self.sql(f"select {names} from notice where id = %s", notice)
        return dict(zip(names.split(", "), found[0], strict=True))

    def delivered(self, notice: UUID) -> bool:
        return self.row(notice)["delivered_at"] is not None

    def journal(self, case: UUID) -> list[tuple[Any, ...]]:
        return self.sql("select name, payload from journal where case_id = %s order by seq", case)

    def retry_now(self) -> None:
        self.sql("update notice set next_try = now() where next_try is not null")
        self.sql("update notice set next_look = now() where next_look is not null")

    def age(self, by: timedelta) -> None:
        """Make sign-ins on their way, and the counts of codes, older than they are."""
        for table in ("one_time_code", "sign_in", "authorization_code"):
            self.sql(f"update {table} set expires_at = expires_at - %s", by)
        self.sql("update tries set since = since - %s", by)

    def keycloak(self, **other: Any) -> Client:
        browser = httpx.Client(timeout=20)
        self.browsers.append(browser)
        return Client(self, browser, **other)

    def close_browsers(self) -> None:
        for browser in self.browsers:
            browser.close()
        self.browsers.clear()


def new_number() -> str:
    return f"+2557{secrets.randbelow(10**8):08d}"
